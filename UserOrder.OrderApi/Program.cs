using UserOrder.OrderApi.KnownUsers;
using UserOrder.OrderApi.Orders;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddApiDefaults();
builder.AddApiVersions("v1");
builder.AddPostgresDatabase("orderdb", typeof(Program).Assembly);
builder.AddMessagingHttp(schemas: typeof(Program).Assembly);
builder.AddMessageBroker("rabbitmq");
builder.AddMessaging("order-api")
    .Publish(OrderPlaced.V1)
    .Subscribe<UserCreated, UserCreatedHandler>(UserCreated.V1, queue: "order-api.user-created");

builder.AddKnownUsers();
builder.AddOrders();
builder.Services.AddValidation();
builder.Services.AddOpenApi(options => options.Describe("OrderApi", "Orders of users that exist.", OrderExamples.All));

var app = builder.Build();

app.UseServiceDefaults();
app.UseApiDefaults();
app.MapApiDocument();
app.MapOrders();
app.MapAdmin().MapOperators();

if (args.Contains(MigrateExtensions.Argument))
{
    await app.MigrateAsync();
    return;
}

app.Run();
