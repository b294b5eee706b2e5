export { deliverNotice } from './deliver-notice.ts';
export { keepConnection } from './keep-connection.ts';
export { onboardConnection } from './onboard-connection.ts';
export { reconcile } from './reconcile.ts';
