using UserOrder.Issuer;

IssuerServer.Create(args).Run();
