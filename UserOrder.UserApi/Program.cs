using UserOrder.UserApi.Orders;
using UserOrder.UserApi.Users;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddApiDefaults();
builder.AddApiVersions("v1");
builder.AddPostgresDatabase("userdb", typeof(Program).Assembly);
builder.AddMessagingHttp(schemas: typeof(Program).Assembly);
builder.AddMessageBroker("rabbitmq");
builder.AddMessaging("user-api")
    .Publish(UserCreated.V1)
    .Subscribe<OrderPlaced, OrderPlacedHandler>(OrderPlaced.V1, queue: "user-api.order-placed");

builder.AddUsers();
builder.Services.AddValidation();
builder.Services.AddOpenApi(options => options.Describe(
    "UserApi", "Users, and how many orders each of them has placed.", UserExamples.All));

var app = builder.Build();

app.UseServiceDefaults();
app.UseApiDefaults();
app.MapApiDocument();
app.MapUsers();
app.MapAdmin().MapOperators();

if (args.Contains(MigrateExtensions.Argument))
{
    await app.MigrateAsync();
    return;
}

app.Run();
