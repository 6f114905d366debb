using Mta.Cli;

return await MtactlCommand.Create(Console.In, Console.Out, Console.Error).Parse(args).InvokeAsync();
