import { DefaultFailureConverter } from '@temporalio/common';

/** Puts messages and stacks of failures into a payload, which the codec then encrypts. Also runs inside workflows. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
