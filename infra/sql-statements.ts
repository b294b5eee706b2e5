/** One statement of a SQL file, as it stands there. */
export interface SqlStatement {
  readonly text: string;
  /** Line of its first word, counted from 1. */
  readonly line: number;
}

// In order: what may hide a semicolon (comments, strings, quoted names, dollar-quoted bodies), then the semicolon.
// A tag may not follow a word character, or the parameter list `a$1$b` would open a body.
const hidingOrEnd =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(\w*)\$[\s\S]*?\$\1\$|;/g;

/**
 * Splits a SQL file at the semicolons that end statements, so that a failure can be told by statement and line.
 * Comments in front of a statement belong to it. SQL-standard bodies (`begin atomic … end`) are not understood: write
 * function bodies dollar-quoted.
 */
export function splitStatements(sql: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let start = 0;
  const finish = (end: number): void => {
    const text = sql.slice(start, end);
    const first = firstWord(text);
    if (first !== undefined) statements.push({ text: text.trim(), line: lineOf(sql, start + first) });
    start = end;
  };
  hidingOrEnd.lastIndex = 0;
  for (let match = hidingOrEnd.exec(sql); match !== null; match = hidingOrEnd.exec(sql)) {
    if (match[0] === ';') finish(hidingOrEnd.lastIndex);
    else if (match[0] === '/*') hidingOrEnd.lastIndex = endOfComment(sql, match.index);
  }
  finish(sql.length);
  return statements;
}

// Block comments nest in Postgres, which no regular expression follows.
function endOfComment(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

function firstWord(text: string): number | undefined {
  let position = 0;
  for (;;) {
    const space = /^(?:\s+|--[^\n]*)/.exec(text.slice(position));
    if (space !== null) position += space[0].length;
    else if (text.startsWith('/*', position)) position = endOfComment(text, position);
    else return position < text.length && text[position] !== ';' ? position : undefined;
  }
}

function lineOf(sql: string, position: number): number {
  return sql.slice(0, position).split('\n').length;
}
