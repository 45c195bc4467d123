/** Something the lab cannot do here, said in one message with the remedy; shown without a stack trace. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
