import type { Credentials } from '../../model/credentials.ts';

/** How a creator posts while the app is under review. */
export function manualInstructions(credentials: Credentials): readonly string[] {
  const account = credentials['display_name'] ?? 'the connected account';
  return [
    'The app is under review, so TikTok takes no public posts from it yet: a sandbox has no access to them.',
    `Open https://www.tiktok.com/tiktokstudio/upload, or the TikTok app, signed in as ${account}.`,
    'Choose the video, then paste the title and the hashtags.',
    'Choose who can see it, who can comment, and whether it is commercial content. Press Post.',
    'Reading the account works meanwhile. Once the review is approved, run `connector onboarding tiktok` and go on.',
  ];
}
