#include "cli/chart_page.h"

#include "cli/svg_chart.h"

namespace dnswarm::cli {
namespace {

// Colours: Okabe and Ito's, which the colour-blind can tell apart, lighter on dark ground.
constexpr const char* style = R"(<style>
:root{--ground:#fff;--ink:#1d2733;--soft:#5c6b7a;--grid:#e3e8ed;--box:#f4f6f8;--0:#0072b2;--1:#d55e00;
 --2:#009e73;--3:#aa4499;--4:#a07800;--5:#5c6b7a;--6:#117733;--7:#882255;--warn:#b3261e}
@media(prefers-color-scheme:dark){:root{--ground:#14191f;--ink:#e6ebf0;--soft:#9aa8b5;--grid:#2a333c;
 --box:#1c232b;--0:#56b4e9;--1:#e69f00;--2:#3fcf9f;--3:#dd8fce;--4:#f0e442;
 --5:#b8c4d0;--6:#9ad07a;--7:#ff9e9e;--warn:#ff8a80}}
body{margin:2rem auto;max-width:60rem;padding:0 1rem;background:var(--ground);color:var(--ink);
 font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0 0 .2rem}.facts{color:var(--soft);margin:0 0 1rem}
.verdict{background:var(--box);border-left:4px solid var(--2);padding:.6rem 1rem;margin:1rem 0;
 white-space:pre-line}
.verdict.warn{border-color:var(--warn)}
figure{margin:1.8rem 0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
.legend{display:flex;flex-wrap:wrap;gap:0 1.2rem;color:var(--soft);font-size:.87rem}
.legend i{display:inline-block;width:1.1rem;height:3px;border-radius:2px;background:currentColor;
 margin-right:.4rem;vertical-align:middle}
.grid{stroke:var(--grid);fill:none}.tick{font-size:12px;fill:var(--soft)}.label{font-size:12.5px;
 fill:var(--soft)}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke:currentColor}circle{fill:currentColor}
.mark{stroke:var(--soft);stroke-dasharray:5 4;fill:none}.marktext{font-size:12.5px;fill:var(--ink)}
.c0{color:var(--0)}.c1{color:var(--1)}.c2{color:var(--2)}.c3{color:var(--3)}
.c4{color:var(--4)}.c5{color:var(--5)}.c6{color:var(--6)}.c7{color:var(--7)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
td,th{text-align:right;padding:.2rem .8rem;border-bottom:1px solid var(--grid);white-space:nowrap}
 th{color:var(--soft);font-weight:600}
td:first-child,th:first-child{text-align:left}
</style>
)";

}  // namespace

std::string chart_page_start(std::string_view title) {
  return "<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><meta name=viewport "
         "content=\"width=device-width\">\n"
         "<title>" +
         html_text(title) + "</title>\n" + style;
}

}  // namespace dnswarm::cli
