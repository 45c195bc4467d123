// The house rules that a machine can hold: strict TypeScript, and folders that stay PURE.
import tseslint from 'typescript-eslint';

/** Folders whose code may not touch the operating system, the clock or chance (docs/architecture.md, "Pure folders"). */
const pureFolders = [
  'src/core/**/*.ts',
  'src/config/**/*.ts',
  'src/vrrp/**/*.ts',
  'src/bfd/**/*.ts',
  'src/check/*.ts',
  'src/ipvs/**/*.ts',
  'src/limit/**/*.ts',
  'src/metrics/**/*.ts',
  'src/live/**/*.ts',
  'src/network/**/*.ts',
  'src/page/*.ts',
  'src/page/render/*.ts',
  'src/doctor/**/*.ts',
  'src/realserver/**/*.ts',
  'src/plan/**/*.ts',
];

const impureGlobals = [
  'process',
  'Buffer',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'Date',
  'console',
  'fetch',
  'crypto',
  'require',
  'global',
].map((name) => ({ name, message: 'This folder is pure: time, chance and I/O enter as parameters.' }));

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', 'coverage'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'scripts/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: pureFolders,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'This folder is pure: no node: module.' },
            {
              regex: '^(\\.\\./)+(kernel|process|notify|cli|check/probes)/',
              message: 'This folder is pure: it may not reach the kernel shells or the processes.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'This folder is pure: chance enters as a parameter.' },
        { object: 'globalThis', property: 'process', message: 'This folder is pure.' },
      ],
    },
  },
  {
    // Command lines, the lab, the benches and the scripts talk to a person.
    files: ['lab/**/*.ts', 'bench/**/*.ts', 'scripts/**', 'test/**/*.ts', 'src/cli/**/*.ts', '*.config.ts', '*.js'],
    rules: { 'no-console': 'off' },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
