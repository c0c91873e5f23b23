using System.Globalization;
using System.Text.Json;
using UserOrder.Bench;
using UserOrder.Simulation;
using UserOrder.Simulation.Measuring;
using UserOrder.Simulation.Prediction;
using UserOrder.Simulation.Validation;

const int Seed = 1;
const int Cores = 8;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    var folders = Folders.Find();
    switch (args)
    {
        case ["measure"]:
            await MeasureCommand.RunAsync(folders);
            return 0;
        case ["validate"]:
            ValidateCommand.Run(folders, Seed);
            return 0;
        case ["predict"]:
            PredictCommand.Run(folders, Seed, Cores);
            return 0;
        default:
            await Console.Error.WriteLineAsync("usage: measure | validate | predict");
            return 2;
    }
}
catch (Exception exception) when (exception is BenchException or IOException or InvalidDataException or JsonException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
