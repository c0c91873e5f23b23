using UserOrder.AppHost.Commands;
using UserOrder.AppHost.Graph;
using UserOrder.AppHost.Start;

return GraphRun.Start(args, graph =>
{
    var rabbitmq = graph.AddMessageBroker("rabbitmq");
    var userdb = graph.AddServiceDatabase("user-postgres", "userdb");
    var orderdb = graph.AddServiceDatabase("order-postgres", "orderdb");
    var issuer = graph.AddIssuer();

    var userApi = graph.AddApi<Projects.UserOrder_UserApi>("user-api", port: 3001, icon: "People")
        .WithMessageBroker(rabbitmq)
        .WithDatabase(userdb)
        .WithIssuer(issuer)
        .WithOperatorCommands("user-api.order-placed", issuer);

    var orderApi = graph.AddApi<Projects.UserOrder_OrderApi>("order-api", port: 3002, icon: "Cart")
        .WithMessageBroker(rabbitmq)
        .WithDatabase(orderdb)
        .WithIssuer(issuer)
        .WithOperatorCommands("order-api.user-created", issuer)
        .WithReference(userApi).WaitFor(userApi)
        .WithSearchIn(userApi);

    rabbitmq.WithPoisonCommand();
    userApi.WithSampleCommand(orderApi, issuer);
});
