/**
 * A listener to a message port that handles each message in a turn of its own. Node passes up to a thousand messages to a listener
 * before it handles any other event. If each message is much work and the next ones have already arrived, timers, aborts, answers of
 * other threads and work in the background would wait for minutes.
 */
export function inTurns<Message>(handle: (message: Message) => void): (message: Message) => void {
  const waiting: Message[] = [];
  const next = () => {
    const message = waiting.shift() as Message;
    // Immediates of one turn run in a row, so the next is requested only now.
    if (waiting.length > 0) setImmediate(next);
    handle(message);
  };
  return (message) => {
    if (waiting.push(message) === 1) setImmediate(next);
  };
}
