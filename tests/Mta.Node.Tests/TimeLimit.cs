using Mta.Testing;

[assembly: TimeLimit(minutes: 4)]
