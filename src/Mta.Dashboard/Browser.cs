using Microsoft.JSInterop;

namespace Mta.Dashboard;

/// <summary>What the page asks of its browser, beyond the document: two small stores, and whether anybody looks.</summary>
/// <param name="runtime">The browser's scripts.</param>
public sealed class Browser(IJSRuntime runtime)
{
    // In WebAssembly the call returns at once.
    private readonly IJSInProcessRuntime _runtime = (IJSInProcessRuntime)runtime;

    /// <summary>True while the page is behind another one.</summary>
    public bool IsHidden => _runtime.Invoke<bool>("dashboard.isHidden");

    /// <summary>What is kept until the tab is closed; null where nothing is.</summary>
    public string? KeptInTab(string key) => _runtime.Invoke<string?>("sessionStorage.getItem", key);

    /// <summary>Keeps a text until the tab is closed; null removes it.</summary>
    public void KeepInTab(string key, string? text) => Keep("sessionStorage", key, text);

    /// <summary>What is kept for good; null where nothing is.</summary>
    public string? Kept(string key) => _runtime.Invoke<string?>("localStorage.getItem", key);

    /// <summary>Keeps a text for good; null removes it.</summary>
    public void Keep(string key, string? text) => Keep("localStorage", key, text);

    /// <summary>True where the system is set to dark colours.</summary>
    public bool IsDark => _runtime.Invoke<bool>("dashboard.isDark");

    /// <summary>Has <c>SystemChanged</c> called when the system is set to other colours.</summary>
    public void WatchColors<T>(DotNetObjectReference<T> watcher)
        where T : class => _runtime.InvokeVoid("dashboard.watchColors", watcher);

    /// <summary>Tells the style sheet which palette is used.</summary>
    public void UseColors(bool isDark) => _runtime.InvokeVoid("dashboard.useColors", isDark ? "dark" : "light");

    private void Keep(string store, string key, string? text)
    {
        if (text is null)
            _runtime.InvokeVoid($"{store}.removeItem", key);
        else
            _runtime.InvokeVoid($"{store}.setItem", key, text);
    }
}
