import type { z } from 'zod';
import type { Credentials } from '../model/credentials.ts';
import { PlatformFailure, type Failure } from '../model/failure.ts';
import { traceOf } from './failures.ts';
import type { Platform, PlatformContext, StepDefinition } from './platform.ts';

type FieldOf<Schema extends z.ZodObject> = keyof z.infer<Schema> & string;

/** Reads one field by its exact name; undefined while the connection lacks it. */
export type FieldReader<Schema extends z.ZodObject> = (name: FieldOf<Schema>) => string | undefined;

type OwnParts =
  | 'aliases'
  | 'answersFor'
  | 'readableFields'
  | 'appFields'
  | 'shape'
  | 'accessToken'
  | 'refreshToken'
  | 'capabilities'
  | 'refresh'
  | 'probe'
  | 'revoke'
  | 'quotas'
  | 'readQuota'
  | 'examine'
  | 'dryRun';

/** A platform as its folder writes it: with its own credentials, exactly typed by their zod schema. */
export interface PlatformDefinition<Schema extends z.ZodObject> extends Omit<Platform, OwnParts> {
  /** The fields of a complete connection; each value is a text. */
  readonly credentials: Schema;
  /** None unless said. */
  readonly aliases?: readonly string[];
  /** Its own id alone unless said. */
  readonly answersFor?: readonly string[];
  readonly readableFields: readonly FieldOf<Schema>[];
  readonly appFields: readonly FieldOf<Schema>[];
  readonly shape: readonly FieldOf<Schema>[];
  /** None unless said. */
  readonly quotas?: Platform['quotas'];
  readonly readQuota?: NonNullable<Platform['readQuota']>;
  readonly examine?: NonNullable<Platform['examine']>;
  readonly dryRun?: NonNullable<Platform['dryRun']>;
  readonly accessToken: (field: FieldReader<Schema>) => string | undefined;
  readonly refreshToken: (field: FieldReader<Schema>) => string | undefined;
  readonly capabilities: (
    scopes: readonly string[],
    field: FieldReader<Schema>,
  ) => ReturnType<Platform['capabilities']>;
  readonly refresh: (credentials: z.infer<Schema>, context: PlatformContext) => ReturnType<Platform['refresh']>;
  readonly probe: (credentials: z.infer<Schema>, context: PlatformContext) => ReturnType<Platform['probe']>;
  /** Reads field by field, because an onboarding that was abandoned half-way is revoked too. */
  readonly revoke: (field: FieldReader<Schema>, context: PlatformContext) => ReturnType<Platform['revoke']>;
}

/** Credentials lack fields or hold unusable ones. Names platform and fields, never a value. */
export class CredentialsError extends Error {
  readonly platform: string;
  readonly fields: readonly string[];

  constructor(platform: string, fields: readonly string[]) {
    super(
      `The credentials of this ${platform} connection have no usable ${fields.join(', ')}. ` +
        `Run \`connector connect ${platform}\` to give what is missing.`,
    );
    this.name = 'CredentialsError';
    this.platform = platform;
    this.fields = fields;
  }
}

/**
 * The fields that `schema` names, exactly typed; for steps, which see credentials before they are complete.
 * Throws CredentialsError.
 */
export function parseCredentials<Schema extends z.ZodObject>(
  platform: string,
  schema: Schema,
  credentials: Credentials,
): z.infer<Schema> {
  const parsed = schema.safeParse(credentials);
  if (parsed.success) return parsed.data;
  // Only the paths: a message may quote the value that it refuses.
  throw new CredentialsError(platform, [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))]);
}

const defined = new WeakSet();

/** True for what `definePlatform` returned: the loader accepts nothing else. */
export function isPlatform(value: unknown): value is Platform {
  return typeof value === 'object' && value !== null && defined.has(value);
}

/**
 * Turns a folder's exactly typed definition into the opaque `Platform` that everybody else uses. Whatever a step, a
 * refresh, a probe or a revocation throws leaves as PlatformFailure, because client libraries keep requests, and with
 * them secrets, in their errors.
 */
export function definePlatform<Schema extends z.ZodObject>(definition: PlatformDefinition<Schema>): Platform {
  const { id, credentials: schema, refresh, probe, revoke } = definition;
  const whole = (credentials: Credentials): z.infer<Schema> => parseCredentials(id, schema, credentials);
  const reader =
    (credentials: Credentials): FieldReader<Schema> =>
    (name) =>
      credentials[name];
  const judge = createJudge(definition);
  const platform: Platform = {
    id,
    name: definition.name,
    aliases: definition.aliases ?? [],
    answersFor: definition.answersFor ?? [id],
    refreshPolicy: definition.refreshPolicy,
    readableFields: definition.readableFields,
    appFields: definition.appFields,
    shape: definition.shape,
    steps: definition.steps.map((step) => judgedStep(step, judge)),
    accessToken: (credentials) => {
      const token = definition.accessToken(reader(credentials));
      if (token === undefined || token === '') throw new CredentialsError(id, ['access token']);
      return token;
    },
    refreshToken: (credentials) => definition.refreshToken(reader(credentials)) ?? null,
    capabilities: (scopes, credentials) => definition.capabilities(scopes, reader(credentials)),
    refresh: (credentials, context) => judge.during(context, () => refresh(whole(credentials), context)),
    probe: (credentials, context) => judge.during(context, () => probe(whole(credentials), context)),
    revoke: (credentials, context) => judge.during(context, () => revoke(reader(credentials), context)),
    diagnose: judge.diagnose,
    quotas: definition.quotas ?? [],
    ...extras(definition, judge),
  };
  defined.add(platform);
  return platform;
}

/** What only some platforms have; calls of theirs leave as PlatformFailure too. */
function extras<Schema extends z.ZodObject>(definition: PlatformDefinition<Schema>, judge: Judge): Partial<Platform> {
  const { reconnectAt, deadlines, manualInstructions, inbound, readQuota, examine, dryRun } = definition;
  return {
    ...(reconnectAt && { reconnectAt }),
    ...(deadlines && { deadlines }),
    ...(manualInstructions && { manualInstructions }),
    ...(inbound && { inbound }),
    ...(readQuota && {
      readQuota: (bucket, credentials, context) => judge.during(context, () => readQuota(bucket, credentials, context)),
    }),
    ...(examine && {
      examine: (credentials, context) => judge.during(context, () => examine(credentials, context)),
    }),
    ...(dryRun && { dryRun: (credentials, context) => judge.during(context, () => dryRun(credentials, context)) }),
  };
}

interface Judge {
  readonly diagnose: Platform['diagnose'];
  during<Result>(context: PlatformContext, act: () => Promise<Result>): Promise<Result>;
}

function createJudge(definition: {
  readonly id: string;
  readonly appFields: readonly string[];
  readonly diagnose: Platform['diagnose'];
}): Judge {
  const diagnose: Platform['diagnose'] = (error, now) => {
    if (error instanceof PlatformFailure) return error.failure;
    if (error instanceof CredentialsError) return missingFields(error, definition.appFields);
    return definition.diagnose(error, now);
  };
  return {
    diagnose,
    during: async (context, act) => {
      try {
        return await act();
      } catch (error) {
        if (error instanceof PlatformFailure) throw error;
        throw new PlatformFailure(diagnose(error, context.clock.now()), { cause: traceOf(error) });
      }
    },
  };
}

function missingFields(error: CredentialsError, appFields: readonly string[]): Failure {
  const ofTheApp = error.fields.some((field) => appFields.includes(field));
  return {
    kind: ofTheApp ? 'app_rejected' : 'needs_consent',
    code: 'credentials_incomplete',
    cause: `This ${error.platform} connection lacks ${error.fields.join(', ')}.`,
    remedy: `Run \`connector connect ${error.platform}\` and go through the steps that it shows.`,
  };
}

function judgedStep(step: StepDefinition, judge: Judge): StepDefinition {
  switch (step.kind) {
    case 'portal': {
      const { verify } = step;
      if (verify === undefined) return step;
      return {
        ...step,
        verify: (values, known, context) => judge.during(context, () => verify(values, known, context)),
      };
    }
    case 'consent': {
      const { exchange } = step;
      return { ...step, exchange: (response, context) => judge.during(context, () => exchange(response, context)) };
    }
    case 'choice': {
      const { options, choose } = step;
      return {
        ...step,
        options: (credentials, context) => judge.during(context, () => options(credentials, context)),
        choose: (option, credentials, context) => judge.during(context, () => choose(option, credentials, context)),
      };
    }
    case 'automatic': {
      const { run } = step;
      return { ...step, run: (credentials, context) => judge.during(context, () => run(credentials, context)) };
    }
    case 'review': {
      const { approved } = step;
      if (approved === undefined) return step;
      return {
        ...step,
        approved: (credentials, context) => judge.during(context, () => approved(credentials, context)),
      };
    }
    case 'activate':
      return step;
  }
}
