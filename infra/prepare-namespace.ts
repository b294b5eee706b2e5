import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { connectToTemporal } from './temporal-connection.ts';

/** A namespace as it should be, or as it was found. */
export interface NamespaceState {
  readonly namespace: string;
  readonly retentionDays: number;
  /** All of type Keyword. */
  readonly searchAttributes: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const keyword = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
const grpc = { notFound: 5, alreadyExists: 6, permissionDenied: 7, unimplemented: 12 } as const;
const secondsOfDay = 86_400;
// A server's own cache of namespaces is refreshed every ten seconds.
const usableWithinMs = 45_000;

/** What the server knows of the namespace and of the wanted search attributes, or undefined if it knows no such namespace. */
export async function inspectNamespace(
  address: string,
  environment: Environment,
  wanted: NamespaceState,
): Promise<NamespaceState | undefined> {
  const connection = await connectToTemporal(address, environment);
  try {
    return await inspect(connection, wanted);
  } finally {
    await connection.close();
  }
}

/**
 * Makes the namespace as wanted and returns when workflows can be started and found in it. Histories are never touched.
 * Throws an error with the command to run where the server lets only its own tools do that (Temporal Cloud).
 */
export async function prepareNamespace(
  address: string,
  environment: Environment,
  wanted: NamespaceState,
): Promise<void> {
  const connection = await connectToTemporal(address, environment);
  try {
    const found = await inspect(connection, wanted);
    if (found === undefined) await register(connection, wanted);
    else if (found.retentionDays !== wanted.retentionDays) await setRetention(connection, wanted);
    const have = found?.searchAttributes ?? [];
    const lacking = wanted.searchAttributes.filter((name) => !have.includes(name));
    if (lacking.length > 0) await addSearchAttributes(connection, wanted.namespace, lacking);
    await waitUntilUsable(connection, wanted);
  } finally {
    await connection.close();
  }
}

async function inspect(connection: Connection, wanted: NamespaceState): Promise<NamespaceState | undefined> {
  try {
    const { namespace } = wanted;
    const described = await connection.workflowService.describeNamespace({ namespace });
    // Temporal Cloud tells attributes only by their aliases here and refuses the operator's list.
    const aliases = Object.values(described.config?.customSearchAttributeAliases ?? {});
    const known = aliases.length > 0 ? aliases : await listedAttributes(connection, namespace);
    const seconds = described.config?.workflowExecutionRetentionTtl?.seconds;
    return {
      namespace,
      retentionDays: Math.round(Number(seconds ?? 0) / secondsOfDay),
      searchAttributes: wanted.searchAttributes.filter((name) => known.includes(name)),
    };
  } catch (error) {
    if (hasCode(error, grpc.notFound)) return undefined;
    throw error;
  }
}

async function listedAttributes(connection: Connection, namespace: string): Promise<string[]> {
  try {
    const listed = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(listed.customAttributes);
  } catch (error) {
    if (hasCode(error, grpc.permissionDenied, grpc.unimplemented)) return [];
    throw error;
  }
}

async function register(connection: Connection, wanted: NamespaceState): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({
      namespace: wanted.namespace,
      description: 'Connections to platforms, kept alive.',
      workflowExecutionRetentionPeriod: msToTs(wanted.retentionDays * secondsOfDay * 1000),
    });
  } catch (error) {
    if (hasCode(error, grpc.alreadyExists)) return;
    if (hasCode(error, grpc.permissionDenied, grpc.unimplemented)) {
      throw new Error(
        `Temporal lets us not register the namespace "${wanted.namespace}". On Temporal Cloud create it first, ` +
          `\`tcld namespace create --namespace ${wanted.namespace} --retention-days ${wanted.retentionDays} --region REGION\`, and run this again.`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function setRetention(connection: Connection, wanted: NamespaceState): Promise<void> {
  try {
    await connection.workflowService.updateNamespace({
      namespace: wanted.namespace,
      config: { workflowExecutionRetentionTtl: msToTs(wanted.retentionDays * secondsOfDay * 1000) },
    });
  } catch (error) {
    if (!hasCode(error, grpc.permissionDenied, grpc.unimplemented)) throw error;
    throw new Error(
      `Temporal lets us not change the retention of "${wanted.namespace}". On Temporal Cloud run ` +
        `\`tcld namespace retention set --namespace ${wanted.namespace} --retention-days ${wanted.retentionDays}\`, or set connector:temporalRetentionDays to what it is.`,
      { cause: error },
    );
  }
}

async function addSearchAttributes(connection: Connection, namespace: string, names: readonly string[]): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, keyword] as const));
  const giveUpAt = Date.now() + usableWithinMs;
  for (;;) {
    try {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
      return;
    } catch (error) {
      if (hasCode(error, grpc.alreadyExists)) return;
      if (hasCode(error, grpc.permissionDenied, grpc.unimplemented))
        throw searchAttributesRefused(namespace, names, error);
      // A namespace just registered is not known to every part of the server at once.
      if (!hasCode(error, grpc.notFound) || Date.now() > giveUpAt) throw error;
      await sleep(250);
    }
  }
}

function searchAttributesRefused(namespace: string, names: readonly string[], cause: unknown): Error {
  const flags = names.map((name) => `--search-attribute "${name}=Keyword"`).join(' ');
  return new Error(
    `Temporal lets us not add search attributes to "${namespace}". On Temporal Cloud run ` +
      `\`tcld namespace search-attributes add --namespace ${namespace} ${flags}\`, and run this again.`,
    { cause },
  );
}

async function waitUntilUsable(connection: Connection, wanted: NamespaceState): Promise<void> {
  const query = wanted.searchAttributes.map((name) => `${name} = 'none'`).join(' and ');
  const giveUpAt = Date.now() + usableWithinMs;
  for (;;) {
    try {
      // Answers only once the namespace and each attribute are known to the part that serves clients.
      await connection.workflowService.listWorkflowExecutions({ namespace: wanted.namespace, query, pageSize: 1 });
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) {
        throw new Error(
          `Temporal's namespace "${wanted.namespace}" did not become usable within ${usableWithinMs / 1000} seconds. Look at the server's log and run this again.`,
          { cause: error },
        );
      }
      await sleep(250);
    }
  }
}

function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return isGrpcServiceError(error) && codes.includes(error.code);
}
