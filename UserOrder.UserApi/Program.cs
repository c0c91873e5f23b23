using UserOrder.Messaging;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.DeadLetters;
using UserOrder.ServiceDefaults;
using UserOrder.UserApi.Orders;
using UserOrder.UserApi.Users;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddPostgresDatabase("userdb", typeof(Program).Assembly);
builder.AddMessageBroker("rabbitmq");
builder.AddMessaging("user-api")
    .Subscribe<OrderPlaced, OrderPlacedHandler>(OrderPlaced.V1, queue: "user-api.order-placed");

builder.AddUsers();
builder.Services.AddValidation();
builder.Services.AddOpenApi();

var app = builder.Build();

app.UseServiceDefaults();
app.MapOpenApi("/openapi/v1.json");
app.MapUsers();
app.MapDeadLetters();

app.Run();
