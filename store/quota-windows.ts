import type { QuotaReading } from '../model/quota.ts';
import { windowAt, type QuotaSpan } from '../model/quota-window.ts';
import { type Database, first, type Run } from './database.ts';
import type { QuotaAnswer, QuotaCount, QuotaKey, QuotaMoment, QuotaWindows } from './store.ts';

const countColumns = `
  w.platform, w.app, w.bucket, w.used, w.reserved, w."limit", w.window_start as "windowStart", w.window_end as "resetsAt"`;
const isWindow = 'w.platform = $1 and w.app = $2 and w.bucket = $3 and w.window_start = $4';

// Postgres locks the row before it judges the condition, so those who ask at once are judged one after the other. The
// first row of a window has nothing to conflict with: its amount is judged before it is inserted.
const reserveAmount = {
  name: 'connector_reserve_quota',
  text: `
    with granted as (
      insert into connector.quota_windows as w (platform, app, bucket, window_start, window_end, "limit", reserved)
      select $1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz, $6::bigint, $7::bigint
      where $7::bigint <= coalesce(
        (select w."limit" from connector.quota_windows w where ${isWindow} and w.limit_told), $6::bigint)
      on conflict (platform, app, bucket, window_start) do update
        set reserved = w.reserved + excluded.reserved,
          "limit" = case when w.limit_told then w."limit" else excluded."limit" end
        where w.used + w.reserved + excluded.reserved <= case when w.limit_told then w."limit" else excluded."limit" end
      returning ${countColumns}
    ), opened as (
      insert into connector.quota_reservations (platform, app, bucket, window_start, amount, reserved_at)
      select platform, app, bucket, $4::timestamptz, $7::bigint, $8::timestamptz from granted
      returning id
    )
    select opened.id as "reservationId", granted.* from granted, opened`,
};

const settleReservation = {
  name: 'connector_settle_quota',
  text: `
    with closed as (
      delete from connector.quota_reservations where id = $1 returning *
    )
    update connector.quota_windows w
    set used = w.used + coalesce($2::bigint, closed.amount), reserved = w.reserved - closed.amount
    from closed
    where w.platform = closed.platform and w.app = closed.app and w.bucket = closed.bucket
      and w.window_start = closed.window_start
    returning ${countColumns}`,
};

const selectWindow = `select ${countColumns} from connector.quota_windows w where ${isWindow}`;

const selectNewest = `
  select w.window_start as "windowStart" from connector.quota_windows w
  where w.platform = $1 and w.app = $2 and w.bucket = $3 order by w.window_start desc limit 1`;

const lockBucket = `select pg_advisory_xact_lock(hashtextextended($1, 0))`;

// Windows of a minute would fill the table in a year. The week is for settlements that come late.
const forgetOld = `
  delete from connector.quota_windows
  where platform = $1 and app = $2 and bucket = $3 and window_end < $4::timestamptz - interval '7 days'`;

const selectMarks = `
  select w.window_start as "windowStart", w.used, w.told_at as "toldAt" from connector.quota_windows w
  where w.platform = $1 and w.app = $2 and w.bucket = $3 and w.window_end > $4`;

// $8: what was used when the platform was asked; what came to it since is not in its answer. $9: whose answer was the
// last by then; another one since has corrected the books already. Programs see milliseconds, so no more are kept.
const correctWindow = `
  insert into connector.quota_windows as w
    (platform, app, bucket, window_start, window_end, "limit", limit_told, used, told_at)
  values ($1, $2, $3, $4, $5, $6, $7::boolean, coalesce($10::bigint, 0),
    case when $10::bigint is not null then date_trunc('milliseconds', clock_timestamp()) end)
  on conflict (platform, app, bucket, window_start) do update
    set "limit" = case when excluded.limit_told or not w.limit_told then excluded."limit" else w."limit" end,
      limit_told = w.limit_told or excluded.limit_told,
      used = case
        when $10::bigint is null or w.told_at is distinct from $9::timestamptz then w.used
        else greatest($10::bigint + greatest(w.used - $8::bigint, 0), case when $11::boolean then 0 else w.used end)
      end,
      told_at = coalesce(excluded.told_at, w.told_at)`;

const selectStates = `
  select w.platform, w.app, w.bucket, w.used + dead.amount as used, w.reserved - dead.amount as reserved, w."limit",
    w.window_start as "windowStart", w.window_end as "resetsAt"
  from connector.quota_windows w
  cross join lateral (
    select coalesce(sum(r.amount), 0)::bigint as amount from connector.quota_reservations r
    where r.platform = w.platform and r.app = w.app and r.bucket = w.bucket and r.window_start = w.window_start
      and r.reserved_at < $2::timestamptz - interval '1 hour'
  ) dead
  where ($1::text[] is null or w.platform = any ($1)) and w.window_start <= $2 and w.window_end > $2
  order by w.platform, w.app, w.bucket, w.window_start`;

/**
 * The rows of `connector.quota_windows` and `connector.quota_reservations`. A reservation that its process never settled
 * is never given back: whether its call reached the platform is unknown, and a refusal too many ends with the window,
 * while a call too many fails a post or costs money.
 */
export function createQuotaWindows(database: Database): QuotaWindows {
  return {
    reserve: (request) => inWindow(database, request, (run, span) => reserveIn(run, request, span, request.amount)),
    settle: async (reservationId, { used } = {}) =>
      first(await database.write<QuotaCount>(settleReservation, [reservationId, used ?? null])),
    observe: (moment, ask) => observeWindow(database, moment, ask),
    states: ({ platforms, now }) => database.read<QuotaCount>({ text: selectStates }, [platforms ?? null, now]),
  };
}

/**
 * Finds the window and works in it. Where a rolling one begins is up to whoever is first, so there all take turns;
 * days and months are the same for everybody.
 */
async function inWindow<Result>(
  database: Database,
  moment: QuotaMoment,
  work: (run: Run, span: QuotaSpan, isOpen: boolean) => Promise<Result>,
): Promise<Result> {
  const { window, now } = moment;
  if (window.kind !== 'rolling') return work(database.write, windowAt(window, now), true);
  return database.transaction(async (run) => {
    await run({ text: lockBucket }, [JSON.stringify(keyOf(moment))]);
    const newest = first(await run<{ windowStart: string }>({ text: selectNewest }, keyOf(moment)));
    const firstUse = newest === null ? undefined : new Date(newest.windowStart);
    const span = windowAt(window, now, firstUse);
    const isOpen = span.start.getTime() === firstUse?.getTime();
    if (!isOpen) await run({ text: forgetOld }, [...keyOf(moment), now]);
    return work(run, span, isOpen);
  });
}

async function reserveIn(run: Run, moment: QuotaMoment, span: QuotaSpan, amount: number): Promise<QuotaAnswer> {
  const { limit, now } = moment;
  const values = [...keyOf(moment), span.start, span.end, limit, amount, now];
  const granted = first(await run<QuotaCount & { reservationId: string }>(reserveAmount, values));
  if (granted !== null) {
    const { reservationId, ...count } = granted;
    return { granted: true, reservationId, count };
  }
  const count = first(await run<QuotaCount>({ text: selectWindow }, [...keyOf(moment), span.start]));
  return { granted: false, count: count ?? untouched(moment, span) };
}

async function observeWindow(
  database: Database,
  moment: QuotaMoment,
  ask: () => Promise<QuotaReading | null>,
): Promise<QuotaReading | null> {
  const marks = await database.read<Mark>({ text: selectMarks }, [...keyOf(moment), moment.now]);
  const told = await ask();
  if (told === null || (told.limit === undefined && told.used === undefined)) return told;
  const { limit, used, window = moment.window } = told;
  await inWindow(database, { ...moment, window }, async (run, { start, end }, isOpen) => {
    // Looking opens no rolling window: only a use does.
    if (!isOpen && (used ?? 0) === 0) return;
    const mark = marks.find(({ windowStart }) => windowStart === start.toISOString());
    const values = [start, end, limit ?? moment.limit, limit !== undefined, mark?.used ?? 0, mark?.toldAt ?? null];
    await run({ text: correctWindow }, [...keyOf(moment), ...values, used ?? null, window.kind === 'rolling']);
  });
  return told;
}

interface Mark {
  readonly windowStart: string;
  readonly used: number;
  readonly toldAt: string | null;
}

function untouched({ platform, app, bucket, limit }: QuotaMoment, { start, end }: QuotaSpan): QuotaCount {
  const span = { windowStart: start.toISOString(), resetsAt: end.toISOString() };
  return { platform, app, bucket, used: 0, reserved: 0, limit, ...span };
}

function keyOf({ platform, app, bucket }: QuotaKey): string[] {
  return [platform, app, bucket];
}
