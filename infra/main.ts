/** What the CDK command runs (cdk.json): MAINSTAY_ENVIRONMENT picks the configuration, the CDK the account. */
import { createApp } from './app.ts';
import { loadConfiguration } from './config/index.ts';

/** Stands for the account where none is known, so that templates can be synthesized anywhere. */
const PLACEHOLDER_ACCOUNT = '111111111111';

const configuration = loadConfiguration(process.env.MAINSTAY_ENVIRONMENT ?? 'prod');
createApp(configuration, { account: process.env.CDK_DEFAULT_ACCOUNT ?? PLACEHOLDER_ACCOUNT }).synth();
