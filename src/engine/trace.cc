#include "dnswarm/trace.h"

namespace dnswarm {

std::string_view outcome_text(TraceOutcome outcome) {
  switch (outcome) {
    case TraceOutcome::timeout: return "timeout";
    case TraceOutcome::referral: return "referral";
    case TraceOutcome::answer: return "answer";
    case TraceOutcome::nodata: return "nodata";
    case TraceOutcome::nxdomain: return "nxdomain";
    case TraceOutcome::alias: return "alias";
    case TraceOutcome::no_cut: return "no_cut";
    case TraceOutcome::truncated: return "truncated";
    case TraceOutcome::edns_refused: return "edns_refused";
    case TraceOutcome::other_case: return "other_case";
    case TraceOutcome::near_miss: return "near_miss";
    case TraceOutcome::lame: return "lame";
    case TraceOutcome::broken: return "broken";
    case TraceOutcome::refused: return "refused";
    case TraceOutcome::unreachable: return "unreachable";
    case TraceOutcome::shared: return "shared";
  }
  return {};
}

}  // namespace dnswarm
