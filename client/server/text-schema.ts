import { z } from '@hono/zod-openapi';
import { storableText } from '../../model/storable-text.ts';

/** A text that may be looked up or kept; the message names no character, because it may not be shown either. */
export const text = z.string().regex(storableText, 'holds a character that no text here can hold');
