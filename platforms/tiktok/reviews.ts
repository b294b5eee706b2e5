import type { PackSection, ReviewStep } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { appsPage } from './diagnosis-row.ts';
import { neededScopes } from './scopes.ts';

/** Why each scope is asked for, to be pasted into the form. */
const scopeReasons: PackSection = {
  title: 'Scopes and why the app needs each',
  items: neededScopes.map(({ scope, why }) => `${scope}: ${why}`),
};

const demoVideo: PackSection = {
  title: 'What the demo video shows, in this order',
  items: [
    'Record the screen of the real app, running in the sandbox, with the address bar visible; one take is enough.',
    'The website of the app, with the links to terms of service and privacy policy.',
    `The creator presses "Connect TikTok"; TikTok's page opens with all permissions visible; the creator agrees and comes back to ${redirectUriPlaceholder}.`,
    'user.info.basic and user.info.profile: the app shows avatar, display name and username of the connected account.',
    'video.publish: the app shows creator name, title field, visibility without a preset, switches for comments, duet and stitch, the disclosure of commercial content, and the sentence on music usage; the creator chooses, presses Post, and sees the status.',
    'video.upload: the creator sends a draft; the inbox of the TikTok app shows it.',
    'The creator disconnects the account in the app.',
  ],
};

const addresses: PackSection = {
  title: 'Addresses to give',
  items: [
    'Website of the app: public, not a login page, under a domain that you verified.',
    'Terms of service: public, on the same domain, linked from the website.',
    'Privacy policy: public, on the same domain, says what is stored of TikTok and how it is deleted.',
    `Redirect URI: ${redirectUriPlaceholder}`,
  ],
};

const checklist: PackSection = {
  title: 'Before you press Submit',
  items: [
    'The app name is that of the website and does not contain "TikTok".',
    'Icon, description and category describe what the video shows.',
    'Every scope that is asked for appears in the video, and no other one is asked for.',
    'URL ownership is verified: the page of the app shows no warning.',
    'Login Kit has the redirect URI under Production too, not only in the sandbox.',
    'Direct Post is switched on in the Content Posting API.',
  ],
};

/**
 * A person at TikTok looks at each scope; days to weeks (2026-11-23) [O].
 * https://developers.tiktok.com/doc/our-guidelines-developer-guidelines
 */
export const appReview: ReviewStep = {
  kind: 'review',
  id: 'app-review',
  title: 'Have the app reviewed',
  link: appsPage,
  instructions: [
    'Open the app, switch to Production, and take the texts below into the form.',
    'Attach the demo video and press Submit for review. Then say here that it is submitted.',
    'TikTok answers by e-mail and on the page of the app, after days or weeks. Say here what it decided, with its reason if it rejects.',
    'Until then the connection is used by hand: see its instructions.',
  ],
  pack: [scopeReasons, demoVideo, addresses, checklist],
  remindAfterDays: 14,
};

const auditForm: PackSection = {
  title: 'What the audit asks',
  items: [
    'Which creators use the app, and how many of them will post in 24 hours: the cap is set by this number.',
    'Screens or a video of the whole posting flow, from choosing the file to the status after the post.',
    'How the app follows the rules of Direct Post: see the next list.',
  ],
};

const postingRules: PackSection = {
  title: 'Rules of Direct Post that the auditors look for',
  items: [
    'Before each post the app asks creator_info and shows whose account it posts to; it stops when TikTok says that the creator cannot post now.',
    'The creator types or edits the title; nothing is added to it, no watermark is put into the video.',
    'Visibility is chosen from privacy_level_options and has no preset.',
    'Comment, duet and stitch are off until the creator switches them on, and greyed out where the account forbids them.',
    'The disclosure of commercial content is off at first; once on, "Your brand" or "Branded content" must be chosen, and branded content cannot be private.',
    'The sentence "By posting, you agree to TikTok\'s Music Usage Confirmation" stands above the Post button.',
    'The app says that processing may take some minutes, and shows the status.',
  ],
};

/**
 * Apart from the review, and needed for public posts (2026-11-23) [O].
 * https://developers.tiktok.com/doc/content-sharing-guidelines
 */
export const postingAudit: ReviewStep = {
  kind: 'review',
  id: 'posting-audit',
  title: 'Have direct posting audited',
  link: 'https://developers.tiktok.com/application/content-posting-api',
  instructions: [
    'The app may post now, but only to a private account with SELF_ONLY, and for at most 5 accounts in 24 hours.',
    'Open the audit form of the Content Posting API and take the texts below into it. Then say here that it is submitted.',
    'Say here what TikTok decided; after an approval the connection posts publicly.',
  ],
  pack: [auditForm, postingRules, scopeReasons, addresses],
  remindAfterDays: 14,
};
