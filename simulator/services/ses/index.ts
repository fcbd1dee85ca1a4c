/**
 * SES (API version 2), one region at a time: verified identities and simple messages. What was sent is in `outbox`, so
 * that drills can judge who was told. The account has production access: recipients need not be verified. Registered in
 * simulator/services/index.ts.
 */
import type { Clients } from '../../clients.ts';
import { AwsError, NotModelled } from '../../errors.ts';
import { type Access, type Context, defineService } from '../../service.ts';

/** One recipient's copy of a message. */
export interface Mail {
  readonly t: number;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface SesState {
  /** Addresses and domains. */
  readonly identities: Record<string, { readonly verified: boolean }>;
  readonly outbox: Mail[];
}

type Ses = Context<SesState>;

/** Service quotas, "Sending quotas": recipients of one message. */
const RECIPIENTS_MAX = 50;

/** Guess: a mail is in its mailbox after 1–15 s; SES tells no figure. */
const DELIVERY_MS = [1_000, 15_000] as const;

const identityArn = (identity: string, { region, account }: Ses): string =>
  `arn:aws:ses:${region}:${account}:identity/${identity}`;

/** `Mainstay <alerts@example.com>` → `alerts@example.com`. */
const addressIn = (text = ''): string => /<([^>]+)>\s*$/.exec(text)?.[1] ?? text;

/** The identity that an address is sent from: its own, or its domain's. */
function identityOf(address: string, { state }: Ses): string | undefined {
  const domain = address.slice(address.indexOf('@') + 1);
  return [address, domain].find((name) => state.identities[name]?.verified);
}

const notFound = (identity: string): AwsError =>
  new AwsError('NotFoundException', `Email identity ${identity} does not exist.`);

const onIdentity = ({ EmailIdentity = '' }: { EmailIdentity?: string | undefined }, context: Ses): Access => ({
  resources: [identityArn(EmailIdentity, context)],
});

export const ses = defineService<Clients['ses'], SesState>({
  name: 'ses',
  initialState: () => ({ identities: {}, outbox: [] }),
  operations: {
    /** Verified at once: drills ask who is told, not who clicked a link. */
    CreateEmailIdentity(input, { state }) {
      const identity = input.EmailIdentity ?? '';
      if (state.identities[identity]) {
        throw new AwsError('AlreadyExistsException', `Email identity ${identity} already exist.`);
      }
      state.identities[identity] = { verified: true };
      return { IdentityType: identity.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN', VerifiedForSendingStatus: true };
    },

    GetEmailIdentity({ EmailIdentity: identity = '' }, { state }) {
      const found = state.identities[identity];
      if (!found) throw notFound(identity);
      const IdentityType = identity.includes('@') ? ('EMAIL_ADDRESS' as const) : ('DOMAIN' as const);
      return { IdentityType, VerifiedForSendingStatus: found.verified };
    },

    ListEmailIdentities: (_input, { state }) => ({
      EmailIdentities: Object.keys(state.identities).map((IdentityName) => ({ IdentityName, SendingEnabled: true })),
    }),

    DeleteEmailIdentity({ EmailIdentity: identity = '' }, { state }) {
      if (!state.identities[identity]) throw notFound(identity);
      delete state.identities[identity];
      return {};
    },

    /** Throws MessageRejected for a sender that is not verified, BadRequestException, NotModelled for raw and templates. */
    SendEmail(input, context) {
      const { Content, Destination, FromEmailAddress } = input;
      if (!Content?.Simple) throw new NotModelled('ses: only simple messages are modelled');
      const to = [Destination?.ToAddresses, Destination?.CcAddresses, Destination?.BccAddresses].flatMap(
        (one) => one ?? [],
      );
      if (to.length === 0) throw new AwsError('BadRequestException', 'Missing final recipient address.');
      if (to.length > RECIPIENTS_MAX) throw new AwsError('BadRequestException', 'Recipient count exceeds 50.');
      const from = addressIn(FromEmailAddress);
      if (identityOf(from, context) === undefined) {
        const list = `The following identities failed the check in region ${context.region.toUpperCase()}: ${from}`;
        throw new AwsError('MessageRejected', `Email address is not verified. ${list}`);
      }
      const MessageId = context.random.uuid();
      const subject = Content.Simple.Subject?.Data ?? '';
      const text = Content.Simple.Body?.Text?.Data ?? Content.Simple.Body?.Html?.Data ?? '';
      for (const each of to) {
        const mail = { messageId: MessageId, from, to: addressIn(each), subject, text };
        context.schedule('arrive', Math.round(context.random.uniform(...DELIVERY_MS)), mail);
      }
      return { MessageId };
    },
  },
  access: {
    CreateEmailIdentity: onIdentity,
    GetEmailIdentity: onIdentity,
    DeleteEmailIdentity: onIdentity,
    SendEmail(input, context) {
      const from = addressIn(input.FromEmailAddress);
      return {
        resources: [identityArn(identityOf(from, context) ?? from, context)],
        conditions: { 'ses:FromAddress': from, 'ses:Recipients': input.Destination?.ToAddresses ?? [] },
      };
    },
  },
  redact: { SendEmail: () => ['Content'] },
  timers: {
    arrive(mail: Omit<Mail, 't'>, context: Ses) {
      context.state.outbox.push({ t: context.now, ...mail });
      context.trace('mail.received', { to: mail.to, subject: mail.subject });
    },
  },
});
