using Mta.Node.Start;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
