// "spool …" runs a load program; see SpoolLoad.
return args is ["spool", ..] ? await Mta.Benchmarks.SpoolLoad.RunAsync(args[1..]) : 0;
