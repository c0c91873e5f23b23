using System.Text.Json;
using UserOrder.ManifestRunner.Manifest;

namespace UserOrder.ManifestRunner.Evaluation;

/// <summary>
/// The values of the manifest's inputs. A value comes, in this order, from the caller, from the environment
/// (<c>Parameters__name</c>), from an earlier run, or from the manifest's default.
/// </summary>
/// <param name="manifest">The graph whose inputs these are.</param>
/// <param name="given">The values that the caller gives, by parameter name.</param>
/// <param name="storePath">Where generated values are kept, so that kept data can be opened again.</param>
internal sealed class ParameterValues(AppManifest manifest, IReadOnlyDictionary<string, string> given, string storePath)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _stored = Read(storePath);

    /// <exception cref="ManifestException">The input has neither a value nor a default.</exception>
    public string Get(string resource, string input)
    {
        var name = input == "value" ? resource : $"{resource}.{input}";
        if ((given.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(Variable(name))) is { } value)
        {
            return value;
        }

        lock (_lock)
        {
            return _stored.GetValueOrDefault(name) ?? Default(name, manifest[resource].Inputs[input]);
        }
    }

    private static string Variable(string name) => $"Parameters__{name.Replace('-', '_')}";

    private string Default(string name, ManifestInput input)
    {
        if (input.Default?.Value is { } value)
        {
            return value;
        }

        if (input.Default?.Generate is not { } rule)
        {
            throw new ManifestException(
                $"The parameter '{name}' has no value. Give it with --parameter {name}=VALUE or the variable {Variable(name)}.");
        }

        _stored[name] = ValueGenerator.Generate(rule);
        Write();
        return _stored[name];
    }

    private void Write()
    {
        var temporary = storePath + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, _stored, Indented);
        }

        File.Move(temporary, storePath, overwrite: true);
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [] : [];
        }
        catch (JsonException exception)
        {
            throw new RunnerException(
                $"{path}, which keeps the generated passwords, is damaged: {exception.Message} Start with --fresh.", exception);
        }
    }
}
