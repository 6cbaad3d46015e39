// What an error of kafkajs means, by its class and the type that the broker gave.

// The error classes are not among the names that Node finds in this CommonJS module.
import kafkajs from 'kafkajs';

const LOST_MEMBERSHIP = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'];

/** The reader has lost its partitions, or is about to, and has to join again. */
export function hasLostMembership(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && LOST_MEMBERSHIP.includes(error.type);
}

/** What the broker would say: the group has to be joined again. */
export function rebalanceError(): Error {
  const message = 'The membership has ended; the group has to be joined again.';
  const error = { message, type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: false };
  return new kafkajs.KafkaJSProtocolError(Object.assign(new Error(message), error));
}

/** Offsets of a group with members cannot be set from outside. */
export function isRefusedByMembers(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && error.type === 'UNKNOWN_MEMBER_ID';
}

const NOT_SPREAD = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];

/** A topic that was just created is not known everywhere, or has no leader, yet. */
export function hasNotSpread(error: unknown): boolean {
  if (error instanceof kafkajs.KafkaJSProtocolError) return NOT_SPREAD.includes(error.type);
  return error instanceof kafkajs.KafkaJSNumberOfRetriesExceeded && hasNotSpread(error.cause);
}
