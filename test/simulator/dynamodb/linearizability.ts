/** Decides whether a history of operations on one number could have happened one after the other, each between call and answer. */

export type Action =
  | { readonly type: 'read' }
  | { readonly type: 'add' }
  /** Sets the number only if it is as expected. */
  | { readonly type: 'swap'; readonly expected: number; readonly value: number };

export interface Operation {
  readonly action: Action;
  readonly calledAt: number;
  /** Infinity for an operation that was never answered: it may have happened at any time, or not at all. */
  readonly answeredAt: number;
  /** The number read or left by an add; for a swap whether it was done; undefined when not answered. */
  readonly answer: number | boolean | undefined;
}

/** What the action does to the number, and what it then answers. */
function act(action: Action, value: number): { next: number; answer: number | boolean } {
  switch (action.type) {
    case 'read':
      return { next: value, answer: value };
    case 'add':
      return { next: value + 1, answer: value + 1 };
    case 'swap':
      return value === action.expected ? { next: action.value, answer: true } : { next: value, answer: false };
  }
}

/** Searches all orders (Wing and Gong, "Testing and verifying concurrent objects", 1993), remembering dead ends. */
export function isLinearizable(history: readonly Operation[]): boolean {
  const dead = new Set<string>();
  const search = (done: number, value: number): boolean => {
    const open = history.filter((_, index) => !(done & (1 << index)));
    if (open.every(({ answeredAt }) => answeredAt === Number.POSITIVE_INFINITY)) return true;
    const state = `${done} ${value}`;
    if (dead.has(state)) return false;
    const firstAnswer = Math.min(...open.map(({ answeredAt }) => answeredAt));
    const found = history.some((operation, index) => {
      if (done & (1 << index) || operation.calledAt > firstAnswer) return false;
      const { next, answer } = act(operation.action, value);
      if (operation.answer !== undefined && operation.answer !== answer) return false;
      return search(done | (1 << index), next);
    });
    if (!found) dead.add(state);
    return found;
  };
  return search(0, 0);
}
