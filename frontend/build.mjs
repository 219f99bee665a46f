/*
 * Builds lms/static/dist from src: bundles with hashed names, their compressed forms, meta.json and the typefaces.
 *
 * meta.json maps a source name to the built one ("player.ts" -> "player-HASH.js"). Every path is relative to this file,
 * so the checkout may lie anywhere.
 */
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { build } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const DIST = path.join(HERE, "..", "lms", "static", "dist");
const ENTRIES = ["site.css", "site.ts", "player.ts", "upload.ts", "captions-editor.ts", "captions-editor.css", "design.css"];
const FONTS = [
  "@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf",
  "@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf",
  "@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf",
  "@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf",
  // For the names of people whose letters the Japanese typeface does not hold.
  "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
  "@expo-google-fonts/noto-sans-bengali/400Regular/NotoSansBengali_400Regular.ttf",
  "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf",
  "@expo-google-fonts/noto-sans-khmer/400Regular/NotoSansKhmer_400Regular.ttf",
  "@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf",
  "@expo-google-fonts/noto-sans-myanmar/400Regular/NotoSansMyanmar_400Regular.ttf",
  "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "@expo-google-fonts/noto-sans-sinhala/400Regular/NotoSansSinhala_400Regular.ttf",
  "@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf",
];
const LICENCES = "licences.txt";
const require = createRequire(import.meta.url);

/** Of the design tokens only those that our own styles name (and those that these name in turn) are sent to people. */
const usedTokensOnly = {
  name: "used-tokens-only",
  setup({ onLoad }) {
    onLoad({ filter: /design-tokens[\\/]dist[\\/]tokens\.css$/ }, async ({ path: file }) => {
      const styles = (await readdir(path.join(HERE, "src"), { recursive: true })).filter((name) =>
        name.endsWith(".css"),
      );
      const texts = await Promise.all(styles.map((name) => readFile(path.join(HERE, "src", name), "utf8")));
      const declared = [...(await readFile(file, "utf8")).matchAll(/(--[\w-]+):\s*([^;]+);/g)];
      const tokens = new Map(declared.map(([, name, value]) => [name, value]));
      const used = new Set();
      const use = (text) => {
        for (const [name] of text.matchAll(/--[\w-]+/g)) {
          if (tokens.has(name) && !used.has(name)) {
            used.add(name);
            use(tokens.get(name));
          }
        }
      };
      texts.forEach(use);
      const kept = [...used].map((name) => `${name}:${tokens.get(name)};`).join("");
      return { contents: `:root{${kept}}`, loader: "css" };
    });
  },
};

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: ENTRIES.map((name) => `src/${name}`),
    outdir: DIST,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "safari16.4", "firefox115", "chrome111"],
    minify: true,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    plugins: [usedTokensOnly],
  });
  const made = Object.entries(metafile.outputs).map(([file, output]) => ({ name: path.basename(file), output }));
  const built = (entry) => made.find(({ output }) => output.entryPoint === `src/${entry}`).name;
  return {
    files: made.map(({ name }) => name),
    manifest: Object.fromEntries(ENTRIES.map((entry) => [entry, built(entry)])),
    packages: new Set(
      Object.keys(metafile.inputs).flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
    ),
  };
}

/** Everything we hand on is free to hand on, together with its licence. */
async function writeLicences(packages) {
  const texts = [];
  for (const name of [...packages, ...FONTS.map((font) => font.split("/", 2).join("/"))].sort()) {
    const folder = path.join(HERE, "node_modules", name);
    for (const file of (await readdir(folder)).filter((entry) => /^licen[cs]e/i.test(entry)).sort()) {
      texts.push(`${name}, ${file}\n\n${await readFile(path.join(folder, file), "utf8")}`);
    }
  }
  await writeFile(path.join(DIST, LICENCES), [...new Set(texts)].join(`\n\n${"-".repeat(80)}\n\n`));
}

async function compress(name) {
  const text = await readFile(path.join(DIST, name));
  const [br, gz] = await Promise.all([promisify(brotliCompress)(text), promisify(gzip)(text, { level: 9 })]);
  await writeFile(path.join(DIST, `${name}.br`), br);
  await writeFile(path.join(DIST, `${name}.gz`), gz);
  return { name, bytes: text.length, br: br.length };
}

async function copyFonts() {
  await mkdir(path.join(DIST, "fonts"), { recursive: true });
  for (const font of FONTS) {
    const target = path.join(DIST, "fonts", path.basename(font));
    const source = require.resolve(font);
    const there = await stat(target).catch(() => undefined);
    if (there?.size !== (await stat(source)).size) await copyFile(source, target);
  }
}

async function removeStale(kept) {
  for (const { name, parentPath } of await readdir(DIST, { withFileTypes: true })) {
    if (!kept.has(name)) await rm(path.join(parentPath, name), { recursive: true });
  }
  const fonts = new Set(FONTS.map((font) => path.basename(font)));
  for (const name of await readdir(path.join(DIST, "fonts"))) {
    if (!fonts.has(name)) await rm(path.join(DIST, "fonts", name));
  }
}

await mkdir(DIST, { recursive: true });
const { files, manifest, packages } = await bundle();
const sizes = await Promise.all(files.map(compress));
await copyFonts();
await removeStale(new Set([...files.flatMap((name) => [name, `${name}.br`, `${name}.gz`]), "fonts"]));
await writeLicences(packages);
// Written last: a build that broke off leaves no meta.json, so nobody takes it for a finished one.
await writeFile(path.join(DIST, "meta.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const { name, bytes, br } of sizes) console.log(`${name}  ${bytes} bytes, ${br} compressed`);
