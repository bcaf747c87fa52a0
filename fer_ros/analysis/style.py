"""How the report looks, in light and dark, on paper and on a telephone."""

from __future__ import annotations

from fer_ros.core.palette import DARK, EDGE, LIGHT, UNCERTAIN

STYLE = (
    """
:root { color-scheme: light dark; --text: #1c2126; --soft: #57606a; --page: #ffffff; --line: #d5dbe1; --warn: #fff3dc;
  --edge: EDGE_LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ec; --soft: #a3adb8; --page: #14181c; --line: #333b44; --warn: #3a2c0d; --edge: EDGE_DARK }
}
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { overflow-wrap: anywhere; max-width: 1100px; margin: 0 auto; padding: 24px 16px 48px }
h1 { font-size: 1.7rem; margin: 0 0 8px }
h2 { font-size: 1.15rem; margin: 32px 0 8px }
.note, figcaption, summary, th { color: var(--soft) }
.warning { background: var(--warn); border-radius: 8px; padding: 2px 16px 8px; margin-top: 16px }
.warning h2 { margin-top: 8px }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line) }
th { font-weight: 500; white-space: nowrap }
td { overflow-wrap: break-word; min-width: 3em; max-width: 28em }
.facts td { overflow-wrap: anywhere; max-width: none }
.facts th { width: 8em }
.bar { display: flex; height: 12px; min-width: 220px; border-radius: 3px; overflow: hidden; margin: 6px 0 2px }
.bar i { flex-basis: 0; box-shadow: inset 0 0 0 1px var(--edge) }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px;
  box-shadow: inset 0 0 0 1px var(--edge) }
.uncertain { background: repeating-linear-gradient(135deg, UNCERTAIN 0 2px, transparent 2px 5px) }
.chart { width: 100%; height: auto; border-radius: 8px; background: #fff }
figure { display: inline-block; margin: 0 16px 16px 0; max-width: 100%; vertical-align: top }
.people { max-width: 100%; height: auto; border-radius: 8px }
""".replace("UNCERTAIN", UNCERTAIN)
    .replace("EDGE_LIGHT", EDGE[LIGHT])
    .replace("EDGE_DARK", EDGE[DARK])
)
"""Style sheet of report.html."""
