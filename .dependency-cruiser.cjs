/**
 * Who may import whom. `reachable` means at any distance, so a workflow cannot reach I/O through a file between.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'workflows-reach-model-only',
      comment: 'Workflow code is replayed: I/O is asked for through workflows/ports.ts.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(activities|platforms|store|worker|client|infra|test)/', reachable: true },
    },
    {
      name: 'workflows-reach-no-node',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'model-is-pure', severity: 'error', from: { path: '^model/' }, to: { pathNot: '^model/' } },
    {
      name: 'a-platform-knows-no-other',
      severity: 'error',
      from: { path: '^platforms/([^/]+)/' },
      to: { path: '^platforms/([^/]+)/', pathNot: '^platforms/$1/' },
    },
    {
      name: 'nothing-names-a-platform',
      comment: 'Platforms are found by platforms/load.ts; whoever imports one by name spreads it over the tree.',
      severity: 'error',
      from: { pathNot: ['^platforms/([^/]+)/', '^test/', '^client/sdk/'] },
      to: { path: '^platforms/[^/]+/' },
    },
    {
      name: 'platforms-know-model-only',
      severity: 'error',
      from: { path: '^platforms/' },
      to: { path: '^(activities|store|workflows|worker|client|infra|test)/' },
    },
    {
      name: 'store-knows-model-only',
      severity: 'error',
      from: { path: '^store/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(activities|platforms|workflows|worker|client|infra|test)/' },
    },
    {
      name: 'activities-know-no-process',
      severity: 'error',
      from: { path: '^activities/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(worker|client|infra|test)/' },
    },
    {
      name: 'client-asks-for-io-through-temporal',
      comment: 'The one exception refreshes inline, under the same lease, when Temporal cannot be reached.',
      severity: 'error',
      from: { path: '^client/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(activities|worker)/', pathNot: '^activities/(refresh-connection|save-unsaved)\\.ts$' },
    },
    {
      name: 'infra-knows-nothing-of-the-service',
      severity: 'error',
      from: { path: '^infra/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(activities|platforms|store|workflows|worker|client|test|model)/' },
    },
    {
      name: 'tests-stay-tests',
      severity: 'error',
      from: { pathNot: ['^test/', '\\.test\\.ts$'] },
      to: { path: ['^test/', '\\.test\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
