using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Delivery;
using Mta.Cluster.Nodes;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;

namespace Mta.Cluster.Explaining;

/// <summary>Puts the explanations into a host.</summary>
public static class ExplainHosting
{
    /// <summary>Registers <see cref="IExplanations"/>; queues, router and nodes are others'.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="queues">Checked options.</param>
    /// <param name="delivery">Checked options.</param>
    public static IServiceCollection AddExplanations(this IServiceCollection services, QueueOptions queues, DeliveryOptions delivery) =>
        services.AddSingleton<IExplanations>(p => new RecipientExplainer(
            queues, delivery, p.GetRequiredService<IRouter>(), p.GetRequiredService<IQueueQueries>(), p.GetRequiredService<IClusterControl>(),
            p.GetRequiredService<IStandingRules>(), p.GetRequiredService<ISuspensions>(), p.GetService<TimeProvider>() ?? TimeProvider.System));
}
