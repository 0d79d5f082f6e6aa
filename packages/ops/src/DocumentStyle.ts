/**
 * How a page looks: one column of text beside its contents, the reader's own fonts, tables that turn into cards where there
 * is no room, and paper without colour.
 *
 * Neighbours: `DocumentHtml` puts it into the page; `Diagram` draws with its colours.
 *
 * @stability experimental
 * @since 0.1.0
 */

const light =
  "--page:#fff;--sheet:#f6f7f9;--ink:#16191d;--soft:#545d68;--line:#d5dae0;--strong:#8a94a0;--link:#0a56a5;" +
  "--good:#12602f;--good-sheet:#e3f3e8;--warn:#744600;--warn-sheet:#fcefd3;--bad:#96161a;--bad-sheet:#fce6e5;" +
  "--calm:#3b444e;--calm-sheet:#e9edf1"

const dark =
  "--page:#101418;--sheet:#181d23;--ink:#e5e9ee;--soft:#a2adb9;--line:#2c343d;--strong:#65717e;--link:#82bbff;" +
  "--good:#8fdba8;--good-sheet:#13301d;--warn:#f0ca7c;--warn-sheet:#33270c;--bad:#ffb3ad;--bad-sheet:#401a19;" +
  "--calm:#c3ccd6;--calm-sheet:#232b33"

/**
 * The style sheet.
 *
 * @category constants
 * @since 0.1.0
 */
export const css = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1.5rem}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;overflow-wrap:break-word;font-kerning:normal}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 4rem}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem .75rem;z-index:2}
a{color:var(--link);text-decoration-thickness:.06em;text-underline-offset:.18em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:2px solid var(--link);outline-offset:3px;border-radius:2px}
h1,h2,h3,h4{line-height:1.2;font-weight:650;text-wrap:balance;margin:0}
h1{font-size:clamp(1.9rem,1.4rem + 2.4vw,2.75rem);letter-spacing:-.022em}
h2{font-size:clamp(1.4rem,1.2rem + .9vw,1.8rem);letter-spacing:-.014em;display:flex;gap:.75rem;align-items:baseline}
h3{font-size:1.2rem;letter-spacing:-.006em;margin-top:2.75rem}
h4{font-size:1rem;margin-top:1.75rem}
.number{color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}
.anchor{color:inherit;text-decoration:none}
.anchor:hover,.anchor:focus-visible{text-decoration:underline;text-decoration-thickness:.06em}
p,ul,ol,dl,figure,pre,table{margin:1rem 0 0}
p,ul,ol{max-width:46rem}
h3+p,h3+dl,h3+ul,h3+ol{margin-top:.6rem}
li+li{margin-top:.35rem}
ul,ol{padding-left:1.35rem}
li::marker{color:var(--soft);font-variant-numeric:tabular-nums}
.lead{font-size:1.15rem;line-height:1.55;color:var(--soft);max-width:44rem;margin-top:.85rem}
.lead strong{color:var(--ink)}
code{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
@media print,(min-width:791px){th code,td code{overflow-wrap:break-word}.phone{display:none}}
pre{background:var(--sheet);border:1px solid var(--line);border-radius:6px;padding:.85rem 1rem;overflow-x:auto}
pre code{font-size:.8125rem;overflow-wrap:normal}
.part{border-top:2px solid var(--ink);margin-top:4.5rem;padding-top:1.5rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.75rem,1fr));gap:1.4rem 1.5rem;margin-top:2rem;padding:1.4rem 0;border:solid var(--line);border-width:1px 0}
.figures dt{font-size:.8125rem;color:var(--soft);line-height:1.35}
.figures dd{margin:.2rem 0 0}
.figures dd strong{display:block;font-size:1.45rem;font-weight:650;line-height:1.2;letter-spacing:-.015em;font-variant-numeric:tabular-nums}
.figures dd span{display:block;font-size:.8125rem;line-height:1.4;color:var(--soft);margin-top:.25rem}
.facts{border-top:1px solid var(--line)}
.facts div{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;gap:0 1.5rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft);font-size:.9375rem}
.facts dd{margin:0;min-width:0}
.note{border-left:3px solid var(--strong);padding:.1rem 0 .1rem 1rem}
.note.warn{border-color:var(--warn)}
.note.bad{border-color:var(--bad)}
.note.good{border-color:var(--good)}
table+.facts{margin-top:1.75rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.45;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:0 0 .5rem;max-width:46rem;text-wrap:pretty}
th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:600;font-size:.8125rem;color:var(--soft);border-bottom:1px solid var(--strong);vertical-align:bottom}
tbody th{font-weight:550}
tbody th:has(code){font-weight:400}
td a,td code,th a{display:inline-block;max-width:100%}
tbody tr{border-bottom:1px solid var(--line)}
.amount{text-align:right}
.amount,.brief{white-space:nowrap}
.badge{display:inline-block;font-size:.8125rem;line-height:1.4;padding:.02rem .45rem;border-radius:4px;white-space:nowrap;color:var(--calm);background:var(--calm-sheet)}
.badge.good{color:var(--good);background:var(--good-sheet)}
.badge.warn{color:var(--warn);background:var(--warn-sheet)}
.badge.bad{color:var(--bad);background:var(--bad-sheet)}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none}
figcaption{font-size:.875rem;color:var(--soft);margin-top:.75rem;max-width:46rem}
footer{margin-top:4.5rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}
nav{padding:1.25rem 1.25rem 0;max-width:62rem;margin:0 auto;font-size:.9375rem;line-height:1.4}
nav ol{list-style:none;padding:0;margin:0;max-width:none}
nav a{color:var(--soft);text-decoration:none;display:inline-block;padding:.2rem 0}
nav a:hover{color:var(--link);text-decoration:underline}
nav>ol>li>a{color:var(--ink);font-weight:600}
nav>ol>li{counter-increment:part}
nav>ol>li>a::before{content:counter(part) "\\2002";color:var(--soft);font-weight:400}
nav li+li{margin-top:0}
nav ol ol{display:none}
@media screen and (min-width:1180px){
body{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:0 3.5rem;max-width:84rem;margin:0 auto;padding:0 2rem}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:3.2rem 0 2rem;font-size:.875rem;margin:0}
nav>ol>li+li{margin-top:1.1rem}
nav ol ol{display:block;margin:.15rem 0 0 1.15rem}
main{padding:2.6rem 0 5rem;margin:0}
}
@media screen and (max-width:960px){
.figures{grid-template-columns:repeat(3,1fr)}
figure .wide{display:none}
figure .narrow{display:block;max-width:24rem}
}
@media screen and (max-width:480px){
.figures{grid-template-columns:repeat(2,1fr)}
}
@media screen and (max-width:790px){
main{padding-top:1.5rem}
.facts div{grid-template-columns:1fr;gap:0}
.part{margin-top:3.25rem}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
table,caption,tbody,tr,th,td{display:block}
tbody tr{display:flex;flex-wrap:wrap;gap:0 .75rem;border:1px solid var(--line);border-radius:6px;padding:.6rem .85rem;margin-top:.6rem}
tbody th,tbody td{flex:1 1 100%}
tbody th{padding:0 0 .25rem;font-weight:650}
tbody td{display:grid;grid-template-columns:minmax(6rem,33%) minmax(0,1fr);gap:.75rem;padding:.22rem 0}
tbody td.brief,tbody td.amount{flex:1 1 calc(50% - .375rem);grid-template-columns:auto 1fr;gap:.5rem}
tbody td.long{display:block}
dd code,li code{display:inline-block;max-width:100%}
tbody td::before{content:attr(data-label);content:attr(data-label) / "";color:var(--soft)}
tbody td.long::before{display:block}
.amount{text-align:left}
.amount,.brief{white-space:normal}
}
@media screen and (max-width:350px){
main{padding-left:.75rem;padding-right:.75rem}
}
@media print{
:root{${light};--soft:#3c434b;font-size:9.25pt}
@page{margin:16mm 14mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#3c434b}}
body{display:block;line-height:1.45;max-width:none;padding:0}
main{max-width:none;padding:0}
nav,.skip{display:none}
.part~.part{break-before:page;margin-top:0}
h2,h3,h4,caption,thead,p:has(+table),p:has(+figure),ul:has(+table){break-after:avoid}
tr,figure,.figures,.facts div,caption,pre,p,li{break-inside:avoid}
tbody tr:nth-child(-n+2),tbody tr:last-child,.facts div:nth-child(2),.facts div:last-child{break-before:avoid}
pre{white-space:pre-wrap}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
main :is(p,li,dd,th)>a[href^="http"]:not(.bare)::after{content:" (" attr(href) ")";font-size:.85em;font-weight:400;color:var(--soft);overflow-wrap:anywhere}
.badge,.badge.good,.badge.warn,.badge.bad{outline:1px solid var(--strong);outline-offset:-1px;background:none}
}
`
