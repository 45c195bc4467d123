/** What a method call on D-Bus is answered, and what it asks of the daemon. Nothing is done here. */
import { introspection } from './introspection.ts';
import { interfaceNames, stateValue, type InstanceObject, type ObjectTree } from './object-tree.ts';

/** A method call, as far as it matters. The body is what a stranger sent: any values, any number. */
export interface MethodCall {
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export type DbusAction =
  | {
      readonly type: 'dump';
      readonly dump: 'data' | 'statistics' | 'statistics-and-clear';
      /** For the log. */
      readonly words: string;
    }
  | { readonly type: 'reload' }
  | { readonly type: 'send-gratuitous'; readonly instance: string };

/** `error` is a name of the D-Bus specification. */
export type Answer =
  | {
      readonly type: 'return';
      readonly signature: string;
      readonly body: readonly unknown[];
      readonly action?: DbusAction;
    }
  | { readonly type: 'error'; readonly error: string; readonly text: string };

const nothing: Answer = { type: 'return', signature: '', body: [] };

function refused(error: string, text: string): Answer {
  return { type: 'error', error: `org.freedesktop.DBus.Error.${error}`, text };
}

function told(signature: string, value: unknown): Answer {
  return { type: 'return', signature, body: [value] };
}

/** The object that a call is for. */
type Target = { readonly kind: 'vrrp' } | { readonly kind: 'instance'; readonly instance: InstanceObject };

interface Method {
  /** Signature of what it takes. */
  readonly takes: string;
  readonly answer: (target: Target, body: readonly unknown[]) => Answer;
}

function action(what: DbusAction): Method {
  return { takes: '', answer: () => ({ ...nothing, action: what }) };
}

const vrrpMethods: Readonly<Record<string, Method>> = {
  PrintData: action({ type: 'dump', dump: 'data', words: 'Printing VRRP data' }),
  PrintStats: action({ type: 'dump', dump: 'statistics', words: 'Printing VRRP stats' }),
  PrintStatsClear: action({
    type: 'dump',
    dump: 'statistics-and-clear',
    words: 'Printing and clearing VRRP stats',
  }),
  ReloadConfig: action({ type: 'reload' }),
};

const instanceMethods: Readonly<Record<string, Method>> = {
  SendGarp: {
    takes: '',
    answer: (target) =>
      target.kind === 'instance'
        ? { ...nothing, action: { type: 'send-gratuitous', instance: target.instance.name } }
        : nothing,
  },
};

/** Properties with signature and value, by the interface that has them. */
function propertiesOf(target: Target, interfaceName: unknown): Readonly<Record<string, readonly [string, unknown]>> {
  if (target.kind !== 'instance' || interfaceName !== interfaceNames.instance) return {};
  return { Name: ['(s)', [target.instance.name]], State: ['(us)', stateValue(target.instance.state)] };
}

const propertyMethods: Readonly<Record<string, Method>> = {
  Get: {
    takes: 'ss',
    answer: (target, [interfaceName, name]) => {
      const value = ownEntry(propertiesOf(target, interfaceName), String(name));
      return value === undefined
        ? refused('InvalidArgs', `${String(interfaceName)} has no property ${String(name)}`)
        : told('v', value);
    },
  },
  GetAll: {
    takes: 's',
    answer: (target, [interfaceName]) => told('a{sv}', Object.entries(propertiesOf(target, interfaceName))),
  },
  Set: {
    takes: 'ssv',
    answer: (target, [interfaceName, name]) =>
      ownEntry(propertiesOf(target, interfaceName), String(name)) === undefined
        ? refused('InvalidArgs', `${String(interfaceName)} has no property ${String(name)}`)
        : refused('InvalidArgs', `the property ${String(name)} can only be read`),
  },
};

function ownEntry<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/**
 * Answers a call.
 * @param machineId of GetMachineId, 32 hexadecimal digits; undefined: not known
 */
export function answerCall(call: MethodCall, tree: ObjectTree, machineId: string | undefined): Answer {
  const path = call.path ?? '/';
  const member = call.member ?? '';
  const instance = tree.at(path);
  const target: Target | undefined =
    path === tree.vrrpPath ? { kind: 'vrrp' } : instance && { kind: 'instance', instance };
  const everywhere: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
    [interfaceNames.introspectable]: {
      Introspect: {
        takes: '',
        answer: () => told('s', introspection(target?.kind, tree.childrenOf(path))),
      },
    },
    [interfaceNames.peer]: {
      Ping: { takes: '', answer: () => nothing },
      GetMachineId: {
        takes: '',
        answer: () =>
          machineId === undefined ? refused('Failed', 'this machine has no machine-id') : told('s', machineId),
      },
    },
  };
  const ofTarget: typeof everywhere =
    target === undefined
      ? {}
      : {
          [target.kind === 'vrrp' ? interfaceNames.vrrp : interfaceNames.instance]:
            target.kind === 'vrrp' ? vrrpMethods : instanceMethods,
          [interfaceNames.properties]: propertyMethods,
        };
  const interfaces = { ...ofTarget, ...everywhere };
  // Without the name of an interface, any that has the member may answer (D-Bus specification, message types).
  const methods =
    call.interface === undefined
      ? Object.values(interfaces).find((each) => Object.hasOwn(each, member))
      : ownEntry(interfaces, call.interface);
  const method = methods && ownEntry(methods, member);
  if (method === undefined) {
    if (target === undefined) return refused('UnknownObject', `there is no object ${path}`);
    if (methods === undefined && call.interface !== undefined)
      return refused('UnknownInterface', `the object ${path} has no interface ${call.interface}`);
    return refused('UnknownMethod', `the object ${path} has no method ${member}`);
  }
  const signature = call.signature ?? '';
  if (signature !== method.takes)
    return refused('InvalidArgs', `${member} takes the signature "${method.takes}", not "${signature}"`);
  return method.answer(target ?? { kind: 'vrrp' }, call.body ?? []);
}
