import { createHash } from 'node:crypto';

/** The one style of all pages. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2127; --soft: #5b6570; --page: #f5f6f4; --card: #fff; --line: #e2e5e1; --accent: #2f6f5e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebe9; --soft: #9aa5a0; --page: #14181a; --card: #1c2224; --line: #2c3437; --accent: #7cc4ae; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--page);
  color: var(--ink); font: 1.05rem/1.6 system-ui, sans-serif; }
main { width: 100%; max-width: var(--width, 34rem); background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: clamp(1.5rem, 6vw, 2.25rem) clamp(1.25rem, 6vw, 2.5rem); overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.45rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
h1::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .65rem; border-radius: 50%;
  background: var(--dot, transparent); vertical-align: .12em; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; font-weight: 620; }
.wide { --width: 60rem; }
.plain h1::before { display: none; }
.good { --dot: #2e9e6b; } .waiting { --dot: #d79a2b; } .bad { --dot: #cc5a4b; }
p { margin: .5rem 0 0; color: var(--soft); }
p:first-of-type { color: var(--ink); }
a { color: var(--accent); text-underline-offset: .2em; }
.act { display: inline-block; margin-top: 1.5rem; padding: .55rem 1.1rem; border-radius: 9px; border: 1px solid var(--accent);
  text-decoration: none; font-weight: 550; }
button.act { font: inherit; font-weight: 550; background: none; color: var(--accent); cursor: pointer; }
.act:hover, .act:focus-visible { background: var(--accent); color: var(--card); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: .8rem 1rem; margin: 1.5rem 0 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; }
ul { margin: 1.5rem 0 0; padding: 0; list-style: none; display: grid; gap: .45rem; }
.scroll { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; font-size: .85rem; }
h2 + ul { margin-top: 0; gap: 1rem; }
li p, li p:first-of-type { margin: 0; color: var(--soft); }
footer { margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
`;

// Of the element's whole content: a blank more between the tags, and browsers refuse it.
export const styleHash = createHash('sha256').update(style).digest('base64');
