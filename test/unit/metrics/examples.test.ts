/** The dashboard and the alert rules name metrics that there are, with labels that they have; promtool judges the rules. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { families, type Family } from '../../../src/metrics/families.ts';
import { promtool } from './promtool.ts';

const examples = path.join(import.meta.dirname, '..', '..', '..', 'examples');
const read = (file: string): string => readFileSync(path.join(examples, file), 'utf8');

/** Names of samples, with the labels of their families and those that every scrape adds. */
const samples = new Map<string, readonly string[]>(
  Object.entries(families as Readonly<Record<string, Family>>).flatMap(([name, { labels, type }]) => {
    const own = [...labels, 'job', 'instance'];
    return type === 'histogram'
      ? ['bucket', 'sum', 'count'].map((part): [string, string[]] => [`${name}_${part}`, [...own, 'le']])
      : [[name, own] as [string, string[]]];
  }),
);

/** What is wrong with the metrics and labels of an expression. */
function faultsOf(expression: string): string[] {
  const faults: string[] = [];
  for (const [, name = '', selector = ''] of expression.matchAll(/\b(keepalived_\w+)(?:\{([^}]*)\})?/g)) {
    const labels = samples.get(name);
    if (labels === undefined) faults.push(`there is no ${name}: ${expression}`);
    for (const [, label = ''] of selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g))
      if (labels !== undefined && !labels.includes(label)) faults.push(`${name} has no label ${label}: ${expression}`);
  }
  return faults;
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

describe('the dashboard', () => {
  const { annotations, panels, templating } = JSON.parse(read('grafana/keepalived.json')) as Dashboard;
  const queries = [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...templating.list.flatMap(({ definition }) => definition ?? []),
    ...annotations.list.map(({ expr }) => expr),
  ];

  it('asks for metrics and labels that there are', () => {
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.flatMap(faultsOf)).toEqual([]);
  });

  it('uses no variable that it does not have', () => {
    const known = new Set([...templating.list.map(({ name }) => name), '__rate_interval']);
    const used = queries.flatMap((query) => [...query.matchAll(/\$(\w+)/g)].map(([, name = '']) => name));
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('names series by labels that their metrics have', () => {
    const faults = panels.flatMap(({ targets = [], title }) =>
      targets.flatMap(({ expr, legendFormat }) => {
        const name = /keepalived_\w+/.exec(expr)?.[0] ?? '';
        const labels = samples.get(name) ?? [];
        const wanted = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        return wanted.filter((label) => !labels.includes(label)).map((label) => `${title}: ${label}`);
      }),
    );
    expect(faults).toEqual([]);
  });

  it('has no two panels in one place, or with one number', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('the alert rules', () => {
  const expressions = [...read('prometheus/alerts.yml').matchAll(/^ +expr: (.*)$/gm)].map(([, text = '']) => text);

  it('ask for metrics and labels that there are', () => {
    expect(expressions.length).toBeGreaterThan(10);
    expect(expressions.flatMap(faultsOf)).toEqual([]);
  });

  it.skipIf(promtool === undefined)('are correct, and fire when they should', () => {
    const run = (...words: string[]): string =>
      execFileSync(promtool ?? '', words, { cwd: path.join(examples, 'prometheus'), encoding: 'utf8', stdio: 'pipe' });
    expect(run('check', 'rules', 'alerts.yml')).toContain('SUCCESS');
    expect(run('test', 'rules', 'alerts-test.yml')).toContain('SUCCESS');
  });
});
