using UserOrder.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

var rabbitmq = builder.AddMessageBroker("rabbitmq");
var userdb = builder.AddServiceDatabase("user-postgres", "userdb");
var orderdb = builder.AddServiceDatabase("order-postgres", "orderdb");

var userApi = builder.AddApi<Projects.UserOrder_UserApi>("user-api", port: 3001)
    .WithMessageBroker(rabbitmq)
    .WithDatabase(userdb);

builder.AddApi<Projects.UserOrder_OrderApi>("order-api", port: 3002)
    .WithMessageBroker(rabbitmq)
    .WithDatabase(orderdb)
    .WithReference(userApi).WaitFor(userApi);

builder.Build().Run();
