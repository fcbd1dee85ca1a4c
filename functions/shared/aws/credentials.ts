/**
 * The credentials that Lambda gives in the environment, and nothing else. infra/bundle.ts puts this file in the place of
 * the SDK's default chain (profiles, SSO, instance metadata), which would be a fifth of each bundle and is never used.
 */
export const defaultProvider = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
  sessionToken: process.env.AWS_SESSION_TOKEN,
});
