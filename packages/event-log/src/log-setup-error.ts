// The log as found does not fit the configuration. Nothing was changed; a person has to decide.

export class LogSetupError extends Error {
  override readonly name = 'LogSetupError';

  static partitionMismatch(existing: number, configured: number): LogSetupError {
    return new LogSetupError(
      `The event log has ${existing} partitions, but ${configured} are configured. The number is fixed for ever, ` +
        `since a key must stay in its partition: configure ${existing}, or start a log with another name.`,
    );
  }
}
