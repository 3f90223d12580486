// The names that exist with the type asked for: NOERROR and at least one answer record, one a line,
// without the trailing dot. All other responses leave no row.
#include "cli/json_text.h"
#include "cli/row_format.h"

namespace dnswarm::cli {
namespace {

class ListFormat : public RowFormat {
 public:
  void append(const Response& r, RowBuffer& out) override {
    if (r.failure != Failure::none || r.rcode != Rcode::NOERROR || r.answers().empty()) return;
    append_printable(out, cut_name(r.name));
    out.append('\n');
  }
};

}  // namespace

std::unique_ptr<RowFormat> make_list_format() { return std::make_unique<ListFormat>(); }

}  // namespace dnswarm::cli
