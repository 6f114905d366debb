using Microsoft.JSInterop;
using MudBlazor;

namespace Mta.Dashboard.Layout;

/// <summary>Light or dark: the system's choice until somebody makes another, which the browser keeps.</summary>
/// <param name="browser">Keeps the choice.</param>
public sealed class Appearance(Browser browser)
{
    private const string Key = "mta-appearance";
    private const string Fonts = "system-ui";

    /// <summary>Raised when the palette is another one.</summary>
    public event Action? Changed;

    /// <summary>Which palette is used.</summary>
    public bool IsDark { get; private set; }

    /// <summary>The palettes: quiet surfaces, one accent, and text with a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1f5fbf",
            Secondary = "#4a5568",
            Info = "#1f5fbf",
            Success = "#1b7a43",
            Warning = "#8f5600",
            Error = "#b42318",
            ErrorContrastText = "#ffffff",
            WarningContrastText = "#ffffff",
            Background = "#f5f6f8",
            BackgroundGray = "#eceef2",
            Surface = "#ffffff",
            TextPrimary = "#1a2230",
            TextSecondary = "#51596a",
            TextDisabled = "#6b7383",
            ActionDefault = "#4a5568",
            ActionDisabled = "#6b7383",
            ActionDisabledBackground = "#e6e8ee",
            AppbarBackground = "#ffffff",
            AppbarText = "#1a2230",
            DrawerBackground = "#ffffff",
            DrawerText = "#333c4d",
            DrawerIcon = "#51596a",
            LinesDefault = "#dfe3ea",
            LinesInputs = "#8a92a3",
            TableLines = "#e6e9ef",
            Divider = "#dfe3ea",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#84b3ff",
            PrimaryContrastText = "#0c1626",
            Secondary = "#aeb7c6",
            Info = "#84b3ff",
            Success = "#6fd093",
            Warning = "#f0b55c",
            WarningContrastText = "#1b1204",
            Error = "#ff9b92",
            ErrorContrastText = "#2a0906",
            Background = "#10151d",
            BackgroundGray = "#19202b",
            Surface = "#171e28",
            TextPrimary = "#e7ebf2",
            TextSecondary = "#a9b3c3",
            TextDisabled = "#8791a3",
            ActionDefault = "#b7c0cf",
            ActionDisabled = "#8791a3",
            ActionDisabledBackground = "#242d3a",
            AppbarBackground = "#171e28",
            AppbarText = "#e7ebf2",
            DrawerBackground = "#171e28",
            DrawerText = "#ced6e2",
            DrawerIcon = "#a9b3c3",
            LinesDefault = "#2b3544",
            LinesInputs = "#7c879a",
            TableLines = "#263040",
            Divider = "#2b3544",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", DrawerWidthLeft = "208px", AppbarHeight = "52px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = [Fonts, "sans-serif"], FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = [Fonts, "sans-serif"], FontSize = ".875rem", FontWeight = "600", TextTransform = "none", LetterSpacing = "normal" },
        },
    };

    /// <summary>Follows the system from now on, unless another choice is kept.</summary>
    public void Start()
    {
        browser.WatchColors(DotNetObjectReference.Create(this));
        SystemChanged();
    }

    /// <summary>The system has changed.</summary>
    [JSInvokable]
    public void SystemChanged() => Use(browser.Kept(Key) switch { "dark" => true, "light" => false, _ => browser.IsDark });

    /// <summary>Takes the other palette, and keeps that.</summary>
    public void Switch()
    {
        browser.Keep(Key, IsDark ? "light" : "dark");
        Use(!IsDark);
    }

    private void Use(bool isDark)
    {
        IsDark = isDark;
        browser.UseColors(isDark);
        Changed?.Invoke();
    }
}
