using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using CsCheck;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>Any value of any contract: made by the types' constructors, so that a field which is added later is tried without a change here.</summary>
/// <param name="actor">Finds an actor of another node by its path.</param>
internal sealed class RandomMessages(Func<string, IActorRef> actor)
{
    private static readonly NullabilityInfoContext Nullability = new();
    private static readonly Gen<string> Text = Gen.String[Gen.Char["az09@.+ \"\\\t\n\u00e9\u03b4\u4e2d"], 0, 12];
    private static readonly Gen<long> Long = Gen.OneOf(Gen.Long, Gen.Long[-1, 1]);
    private static readonly Gen<int> Int = Gen.OneOf(Gen.Int, Gen.Int[-1, 1]);
    private readonly Dictionary<Type, Gen<object?>> _known = [];

    public Gen<object?> Of(Type type)
    {
        if (!_known.TryGetValue(type, out var known))
            _known.Add(type, known = Make(type));
        return known;
    }

    private Gen<object?> Make(Type type)
    {
        // What the wire form does not carry because it follows from the rest.
        if (type == typeof(QueueTotals))
            return Gen.Select(Int, Gen.Int[0, 1000].Array[4], Gen.Double[0, 64], Gen.Double[0, 64], (queues, refs, rateIn, rateOut) =>
                (object?)new QueueTotals(queues, refs.Sum(), refs[0], refs[1], refs[2], rateIn, rateOut) { Held = refs[3] });
        if (type == typeof(QueueListing))
            return Record(type).Select(o => (object?)SamePartition((QueueListing)o!));
        if (type == typeof(RefReport))
            return Record(type).Select(o => (object?)WithoutIdlePlace((RefReport)o!));
        // No label at all is none.
        if (type == typeof(MailLabels))
            return Record(type).Select(o => (object?)(((MailLabels)o!) with { Tenant = "t" + ((MailLabels)o).Tenant }));
        return Simple(type) ?? (type.IsAbstract ? OneOf(type) : Record(type));
    }

    // Where an attempt was made from travels with what is deferred alone.
    private static RefReport WithoutIdlePlace(RefReport report) =>
        report.Peer is null || report.Outcomes.Any(o => o is RecipientOutcome.Deferred) ? report : report with { Peer = report.Peer with { Node = "", Source = "" } };

    private Gen<object?>? Simple(Type type)
    {
        if (type == typeof(string)) return Text.Select(v => (object?)v);
        if (type == typeof(int)) return Int.Select(v => (object?)v);
        if (type == typeof(long)) return Long.Select(v => (object?)v);
        if (type == typeof(short)) return Gen.Short.Select(v => (object?)v);
        if (type == typeof(byte)) return Gen.Byte.Select(v => (object?)v);
        if (type == typeof(double)) return Gen.Double[0, 64].Select(v => (object?)v);
        if (type == typeof(bool)) return Gen.Bool.Select(v => (object?)v);
        if (type == typeof(Guid)) return Gen.Guid.Select(v => (object?)v);
        if (type == typeof(DateTimeOffset))
            return Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks].Select(ticks => (object?)new DateTimeOffset(ticks, TimeSpan.Zero));
        if (type == typeof(TimeSpan)) return Gen.Long[0, TimeSpan.MaxValue.Ticks].Select(ticks => (object?)new TimeSpan(ticks));
        if (type == typeof(IActorRef))
            return Gen.Int[1, 99].Select(n => (object?)actor($"akka.tcp://mta@192.0.2.1:4053/user/a/b{n}#{n}"));
        // Also numbers that this version has no name for.
        if (type.IsEnum) return Gen.Int[0, 99].Select(v => (object?)Enum.ToObject(type, v));
        if (Nullable.GetUnderlyingType(type) is { } inner) return OrNull(Of(inner));
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? List(type.GenericTypeArguments[0]) : null;
    }

    private Gen<object?> OneOf(Type family) =>
        Gen.OneOf(family.GetNestedTypes().Where(type => type.IsSubclassOf(family)).Select(Of).ToArray());

    private Gen<object?> Record(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var parameters = constructor.GetParameters();
        var arguments = parameters.Select(Argument).ToArray();
        var others = type.GetProperties().Where(p => p.SetMethod is { IsPublic: true, IsStatic: false } && Array.TrueForAll(parameters, a => a.Name != p.Name)).ToArray();
        return Gen.Select(All(arguments), All([.. others.Select(Argument)]), (values, more) =>
        {
            var made = (object?)constructor.Invoke(values);
            for (var i = 0; i < others.Length; i++)
                others[i].SetValue(made, more[i]);
            return made;
        });
    }

    private Gen<object?> Argument(PropertyInfo property)
    {
        var given = Of(property.PropertyType);
        var canBeNull = !property.PropertyType.IsValueType && Nullability.Create(property).WriteState == NullabilityState.Nullable;
        return canBeNull ? OrNull(given) : given;
    }

    private Gen<object?> Argument(ParameterInfo parameter)
    {
        var given = Of(parameter.ParameterType);
        var canBeNull = !parameter.ParameterType.IsValueType && Nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        return canBeNull ? OrNull(given) : given;
    }

    private Gen<object?> List(Type item)
    {
        var create = typeof(RandomMessages).GetMethod(nameof(ToArray), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(item);
        return Of(item).Array[0, 3].Select(values => create.Invoke(null, [values]));
    }

    private static Gen<object?[]> All(Gen<object?>[] parts) =>
        parts.Aggregate(Gen.Const(Array.Empty<object?>()), (whole, part) => Gen.Select(whole, part, (before, value) => before.Append(value).ToArray()));

    private static Gen<object?> OrNull(Gen<object?> given) => Gen.OneOf(Gen.Const((object?)null), given);

    private static ImmutableArray<T> ToArray<T>(object?[] values) => [.. values.Cast<T>()];

    private static QueueListing SamePartition(QueueListing listing) =>
        listing with { Queues = [.. listing.Queues.Select(q => q with { Partition = listing.Partition })] };
}
