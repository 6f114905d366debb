using Mta.Cli;

return await MtactlCommand.Create(CliEnvironment.OfProcess()).Parse(args).InvokeAsync();
