// Colors of points: a ramp for numbers, a palette for categories, and what the style sheet says.

export type Rgb = readonly [red: number, green: number, blue: number];

// Ten stops of viridis, which grows evenly in lightness and is read by color-blind eyes too.
const viridisStops: readonly Rgb[] = [
  "440154", "482878", "3e4a89", "31688e", "26828e", "1f9e89", "35b779", "6dcd59", "b4de2c", "fde725",
].map(fromHex);

// Told apart in light and in dark, and by most color-blind eyes.
const palettes = {
  light: ["2f6db3", "d9742b", "2f9461", "c23b4b", "7a55b5", "96691f", "cf5fa5", "4f9fb3", "8f9a1f"],
  dark: ["6aa5ea", "f0a25f", "5cc796", "f07f86", "b394ee", "d3a95a", "ee94cc", "7fd0e2", "cbd45c"],
};

export type Theme = "light" | "dark";

/** Of six digits, or of three, each of which stands for two. */
function fromHex(hex: string): Rgb {
  const digits = hex.replace("#", "");
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, "$&$&") : digits, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

// The ramp's faint end is left out: yellow on white, nearly black on black.
const rampEnds = { light: [0, 0.88], dark: [0.14, 1] } as const;

/** The color of a share from 0 to 1. */
export function viridis(share: number, theme: Theme): Rgb {
  const [low, high] = rampEnds[theme];
  const place = (low + Math.min(Math.max(share, 0), 1) * (high - low)) * (viridisStops.length - 1);
  const stop = Math.min(Math.floor(place), viridisStops.length - 2);
  const part = place - stop;
  const mix = (c: number) =>
    Math.round(viridisStops[stop][c] * (1 - part) + viridisStops[stop + 1][c] * part);
  return [mix(0), mix(1), mix(2)];
}

/** How many categories have a color of their own. */
export const paletteSize = palettes.light.length;

export function categoryColor(place: number, theme: Theme): Rgb {
  return fromHex(palettes[theme][place % paletteSize]);
}

export function css(color: Rgb, alpha = 1): string {
  return `rgb(${color[0]} ${color[1]} ${color[2]} / ${alpha})`;
}

/** The colors of the page that canvases need, as the style sheet has them now. */
export interface PageColors {
  theme: Theme;
  ink: string;
  muted: string;
  line: string;
  surface: string;
  accent: string;
  history: string;
  recommended: string;
  none: Rgb;
}

export function pageColors(): PageColors {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    theme: document.documentElement.dataset.theme === "dark" ? "dark" : "light",
    ink: value("ink"),
    muted: value("muted"),
    line: value("line"),
    surface: value("plot"),
    accent: value("mark"),
    history: value("history"),
    recommended: value("recommended"),
    none: fromHex(value("none")),
  };
}
