/** Pages of X's developer console and of the account settings (2026-11-23) [O for both hosts, U below the first page]. */
export const consolePages = {
  home: 'https://console.x.com',
  billing: 'https://console.x.com/billing',
  apps: 'https://console.x.com/apps',
  connectedApps: 'https://x.com/settings/connected_apps',
} as const;
