/** How wide a text is made for a reader that is no terminal. */
export const defaultColumns = 100;

/** Breaks a text into lines of at most `columns` characters between words; a longer word, such as a link, stays whole. */
export function wrapText(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    for (const word of paragraph.split(' ')) {
      const line = lines.at(-1);
      if (line !== undefined && widthOf(line) + 1 + widthOf(word) <= columns)
        lines[lines.length - 1] = `${line} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}

/**
 * Wraps the cells of a table until it is no wider than `columns`: the widest column gives way first. Words that are longer
 * than their column are broken, because a table that is too wide is read by nobody; `--json` has them whole.
 */
export function fitRows(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly (readonly string[])[] {
  const widths = head.map((name, at) => Math.max(widthOf(name), ...rows.map((row) => widestLine(row[at] ?? ''))));
  // Each column has a border and a blank on both sides; one more border closes the table.
  const room = columns - 3 * widths.length - 1;
  const least = head.map((name) => Math.max(widthOf(name), leastWidth));
  while (sum(widths) > room) {
    const widest = widths.reduce((best, width, at) => (width > (widths[best] ?? 0) ? at : best), 0);
    const width = widths[widest] ?? 0;
    if (width <= (least[widest] ?? 0)) break;
    widths[widest] = width - 1;
  }
  return rows.map((row) => row.map((cell, at) => breakCell(cell, widths[at] ?? columns)));
}

const leastWidth = 8;

function breakCell(cell: string, width: number): string {
  return wrapText(cell, width)
    .flatMap((line) => (widthOf(line) <= width ? [line] : piecesOf(line, width)))
    .join('\n');
}

function piecesOf(word: string, width: number): string[] {
  const characters = charactersOf(word);
  const count = Math.ceil(characters.length / width);
  return Array.from({ length: count }, (_, at) => characters.slice(at * width, (at + 1) * width).join(''));
}

function widestLine(cell: string): number {
  return Math.max(0, ...cell.split('\n').map(widthOf));
}

const segmenter = new Intl.Segmenter();

function charactersOf(text: string): readonly string[] {
  if (/^[ -~]*$/.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As many characters; names in scripts that take two columns a character may stand out. */
function widthOf(text: string): number {
  return charactersOf(text).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
