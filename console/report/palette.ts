/** The report's colours, light and dark. test/console/palette.test.ts keeps their contrast at WCAG 2.2's AA. */

export interface Palette {
  readonly paper: string;
  readonly ink: string;
  /** Lesser text. */
  readonly dim: string;
  /** Rules and grids. */
  readonly line: string;
  readonly panel: string;
  readonly good: string;
  readonly bad: string;
  /** What Mainstay did. */
  readonly step: string;
  /** What the world took. */
  readonly world: string;
  /** The least it could have taken. */
  readonly floor: string;
  /** The second region. */
  readonly other: string;
  readonly mark: string;
}

export const light: Palette = {
  paper: '#ffffff',
  ink: '#1a1f26',
  dim: '#566070',
  line: '#dde1e7',
  panel: '#f5f7f9',
  good: '#1a7a48',
  bad: '#bf2d26',
  step: '#2463d9',
  world: '#8a5a00',
  floor: '#6c7686',
  other: '#0b6f80',
  mark: '#7a3aa8',
};

export const dark: Palette = {
  paper: '#13171c',
  ink: '#e7eaee',
  dim: '#a3adba',
  line: '#2f3740',
  panel: '#1b2027',
  good: '#4cc38a',
  bad: '#ff7b72',
  step: '#6ea6ff',
  world: '#e0a93f',
  floor: '#8b96a5',
  other: '#4fc0d4',
  mark: '#d0a2f7',
};

/** As CSS custom properties. */
export const properties = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
