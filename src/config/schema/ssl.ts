/** SSL: what SSL_GET shows of this machine to the servers it checks. */
import type { ConfigurationDraft, TlsClientDraft } from '../drafts.ts';
import { block, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';

function path(note: string, field: 'authorities' | 'certificate' | 'key'): Keyword<TlsClientDraft> {
  return text(note, (draft, value) => (draft[field] = value), { form: '<path>', default: 'none', missing: 'error' });
}

const sslSchema = new BlockSchema<TlsClientDraft>('SSL', {
  password: text('Pass phrase of the key.', (draft, value) => (draft.password = value), {
    default: 'none',
    missing: 'error',
  }),
  ca: path('Bundle of authorities (PEM).', 'authorities'),
  certificate: path('Client certificate chain (PEM).', 'certificate'),
  key: path('Client private key (PEM).', 'key'),
});

export const ssl: Keyword<ConfigurationDraft> = block(
  'Client certificate of SSL_GET.',
  sslSchema,
  (draft: ConfigurationDraft) => (draft.tlsClient ??= {}),
);
