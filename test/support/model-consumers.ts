/**
 * Who reads the checked model: properties of the types in src/config/model/ and the places in src/ that read them, found
 * with the TypeScript compiler. Printing and checking the configuration (src/config), the dumps and the tables of SNMP do not count: they
 * show a setting, they do not act on it.
 */
import { resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
const modelFolder = `${root}/src/config/model/`;

/** A property of the model by its type: `GlobalConfiguration.reload`, `GlobalConfiguration.lvsTimeouts.tcp`. */
export type PropertyName = string;

export interface ModelUse {
  /** Every property of the model types; places in the configuration (`at`) are left out. */
  readonly properties: ReadonlySet<PropertyName>;
  /** Where each is read, relative to src/; without those that nothing reads. */
  readonly readers: ReadonlyMap<PropertyName, readonly string[]>;
  /** Properties in which two configurations differ. */
  changed(before: unknown, after: unknown): Changes;
}

export interface Changes {
  /** As deep as the two can be told apart: a part that only one of them has counts as one. */
  readonly differing: ReadonlySet<PropertyName>;
  /** Everything inside such parts, and everything around them. */
  readonly further: ReadonlySet<PropertyName>;
}

function isConsumer(file: string): boolean {
  return (
    file.startsWith(`${root}/src/`) &&
    !file.startsWith(`${root}/src/config/`) &&
    !file.startsWith(`${root}/src/process/dump/`) &&
    !file.startsWith(`${root}/src/notify/snmp/mib/`)
  );
}

/** `Type.property`, with the properties between for types written in place; undefined outside of the model. */
function nameOf(declaration: ts.Node): PropertyName | undefined {
  if (!declaration.getSourceFile().fileName.startsWith(modelFolder)) return undefined;
  const names: string[] = [];
  for (let node: ts.Node = declaration; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isPropertySignature(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      names.unshift(node.name.getText());
  }
  return names.join('.');
}

function namesOf(symbol: ts.Symbol | undefined): PropertyName[] {
  return (symbol?.declarations ?? []).map(nameOf).filter((name) => name !== undefined);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Found {
  readonly differing: Set<PropertyName>;
  readonly further: Set<PropertyName>;
}

class Analysis implements ModelUse {
  readonly properties = new Set<PropertyName>();
  readonly readers = new Map<PropertyName, string[]>();
  readonly #checker: ts.TypeChecker;
  readonly #configuration: ts.Type;

  constructor(program: ts.Program) {
    this.#checker = program.getTypeChecker();
    let configuration: ts.Type | undefined;
    for (const file of program.getSourceFiles()) {
      if (file.fileName.startsWith(modelFolder)) {
        this.#collect(file);
        for (const statement of file.statements) {
          if (ts.isInterfaceDeclaration(statement) && statement.name.text === 'Configuration')
            configuration = this.#checker.getTypeAtLocation(statement.name);
        }
      } else if (isConsumer(file.fileName)) this.#findReads(file, file.fileName.slice(root.length + '/src/'.length));
    }
    if (!configuration) throw new Error('src/config/model has no interface Configuration');
    this.#configuration = configuration;
  }

  #collect(node: ts.Node): void {
    if (ts.isPropertySignature(node) && node.name.getText() !== 'at') {
      const name = nameOf(node);
      if (name !== undefined) this.properties.add(name);
    }
    ts.forEachChild(node, (child) => this.#collect(child));
  }

  #findReads(node: ts.Node, file: string): void {
    if (ts.isPropertyAccessExpression(node)) this.#note(this.#checker.getSymbolAtLocation(node.name), file);
    else if (ts.isObjectBindingPattern(node)) {
      const type = this.#checker.getTypeAtLocation(node);
      for (const element of node.elements) {
        const key = element.propertyName ?? element.name;
        if (ts.isIdentifier(key) && !element.dotDotDotToken) this.#noteOf(type, key.text, file);
      }
    } else if (ts.isElementAccessExpression(node)) {
      const index = this.#checker.getTypeAtLocation(node.argumentExpression);
      const type = this.#checker.getTypeAtLocation(node.expression);
      for (const key of index.isUnion() ? index.types : [index])
        if (key.isStringLiteral()) this.#noteOf(type, key.value, file);
    }
    ts.forEachChild(node, (child) => this.#findReads(child, file));
  }

  #noteOf(type: ts.Type, key: string, file: string): void {
    for (const part of this.#parts(type)) this.#note(this.#checker.getPropertyOfType(part, key), file);
  }

  #note(symbol: ts.Symbol | undefined, file: string): void {
    for (const name of namesOf(symbol)) {
      const known = this.readers.get(name);
      if (!known) this.readers.set(name, [file]);
      else if (!known.includes(file)) known.push(file);
    }
  }

  /** The members of a union without null and undefined. */
  #parts(type: ts.Type): readonly ts.Type[] {
    const present = this.#checker.getNonNullableType(type);
    return present.isUnion() ? present.types : [present];
  }

  changed(before: unknown, after: unknown): Changes {
    const differing = new Set<PropertyName>();
    const further = new Set<PropertyName>();
    this.#compare(this.#configuration, before, after, { differing, further });
    return { differing, further };
  }

  /** Notes every property of a value. */
  #everything(type: ts.Type, value: unknown, found: Set<PropertyName>): void {
    if (Array.isArray(value)) {
      for (const item of value as unknown[])
        for (const element of this.#elements(type)) this.#everything(element, item, found);
      return;
    }
    if (!isObject(value)) return;
    for (const part of this.#parts(type)) {
      if (!this.#fits(part, value)) continue;
      for (const property of this.#checker.getPropertiesOfType(part)) {
        if (!(property.name in value)) continue;
        for (const name of namesOf(property)) found.add(name);
        this.#everything(this.#checker.getTypeOfSymbol(property), value[property.name], found);
      }
    }
  }

  #elements(type: ts.Type): readonly ts.Type[] {
    return this.#parts(type)
      .map((part) => this.#checker.getIndexTypeOfType(part, ts.IndexKind.Number))
      .filter((element) => element !== undefined);
  }

  /** @returns whether the difference was told by a property below; else it is the one above that differs. */
  #compare(type: ts.Type, before: unknown, after: unknown, found: Found): boolean {
    if (Array.isArray(before) && Array.isArray(after)) {
      if (before.length !== after.length) return false;
      return before
        .map((item: unknown, index) => {
          const other: unknown = after[index];
          return (
            same(item, other) || this.#elements(type).some((element) => this.#compare(element, item, other, found))
          );
        })
        .every(Boolean);
    }
    if (!isObject(before) || !isObject(after)) return false;
    const differing = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => key !== 'at' && !same(before[key], after[key]),
    );
    let allTold = true;
    for (const key of differing) {
      let known = false;
      for (const part of this.#parts(type)) {
        if (!this.#fits(part, before) && !this.#fits(part, after)) continue;
        const property = this.#checker.getPropertyOfType(part, key);
        if (!property) continue;
        const names = namesOf(property);
        if (names.length === 0) continue;
        known = true;
        const inner = this.#checker.getTypeOfSymbol(property);
        const told = this.#compare(inner, before[key], after[key], found);
        for (const name of names) (told ? found.further : found.differing).add(name);
        if (told) continue;
        this.#everything(inner, before[key], found.further);
        this.#everything(inner, after[key], found.further);
      }
      if (!known) allTold = false;
    }
    return allTold;
  }

  /** Whether a value can be of this member of a union: what is a literal in the type is that in the value. */
  #fits(type: ts.Type, value: Readonly<Record<string, unknown>>): boolean {
    return this.#checker.getPropertiesOfType(type).every((property) => {
      const expected = this.#checker.getTypeOfSymbol(property);
      return !expected.isStringLiteral() || value[property.name] === expected.value;
    });
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Reads the sources as they are on disk; takes some seconds. */
export function analyseModelUse(): ModelUse {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    readonly config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const files = ts.sys.readDirectory(`${root}/src`, ['.ts']);
  return new Analysis(ts.createProgram(files, { ...options, incremental: false }));
}
