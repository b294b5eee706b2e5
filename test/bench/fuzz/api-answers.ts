import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ApiDocument, Operation } from './api-document.ts';
import type { Answer, Answered } from './ask.ts';
import { answerOf, fine, trouble, type Outcome } from './outcome.ts';

/** Judges an answer by what the document says of its operation. */
export type JudgeAnswer = (operation: Operation, answered: Answered) => Outcome;

const documentKey = 'openapi.json';

/** Knows the answers that a document describes. */
export function createJudge(document: ApiDocument): JudgeAnswer {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document.whole, documentKey);
  const check = (pointer: readonly string[], body: unknown): string | null => {
    const ref = `${documentKey}#/${pointer.map(escaped).join('/')}`;
    const validate = ajv.getSchema(ref) ?? ajv.compile({ $ref: ref });
    return validate(body) === true ? null : ajv.errorsText(validate.errors);
  };
  return (operation, answered) => {
    if (answered.kind !== 'answer') return unanswered(answered);
    const { status, text } = answered;
    if (status >= 500) return failed(answered);
    const answer = answerOf(status);
    const undocumented = (what: string): Outcome =>
      trouble('undocumented', `${operation.method} ${operation.path} answered ${String(status)} ${what}`, answer);
    const described = operation.responses[String(status)];
    if (described === undefined) return undocumented('which is not described');
    const type = (answered.headers['content-type'] ?? '').split(';')[0] ?? '';
    // Where not even the head of a request can be read, no route knows of it.
    if (status === 400 && type === '' && text === '') return fine(answer);
    if (described.content === undefined) return text === '' ? fine(answer) : undocumented('with a body');
    if (!Object.hasOwn(described.content, type)) return undocumented(`as "${type}"`);
    const body = parsed(text);
    if (body === undefined) return undocumented('with a body that is no JSON');
    const at = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status)];
    const wrong = check([...at, 'content', type, 'schema'], body);
    return wrong === null ? fine(answer) : undocumented(`with a body that is wrong: ${wrong}`);
  };
}

/** For answers that no document describes: whether the server held out. */
export function judgeUndescribed(answered: Answered): Outcome {
  if (answered.kind !== 'answer') return unanswered(answered);
  return answered.status >= 500 ? failed(answered) : fine(answerOf(answered.status));
}

function unanswered({ kind, why }: Exclude<Answered, Answer>): Outcome {
  if (kind === 'hang') return trouble('hangs', why);
  return trouble('serverErrors', `the connection ended without an answer (${why})`);
}

function failed({ status, text }: Answer): Outcome {
  return trouble('serverErrors', `answered ${String(status)}: ${text.slice(0, 300)}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As a part of a JSON pointer within an address. */
function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
