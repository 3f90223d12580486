// Why a datagram did not leave.
#ifndef DNSWARM_BASE_SEND_ERROR_H_
#define DNSWARM_BASE_SEND_ERROR_H_

#include <cerrno>

namespace dnswarm {

// Our own end was full: nobody else's fault, and likely to pass at once.
inline bool is_congestion(int error) { return error == EAGAIN || error == ENOBUFS || error == ENOMEM; }

// Nothing leads there at present: the link is down, or its route or our address is gone. It may come back.
inline bool is_unreachable(int error) {
  return error == ENETUNREACH || error == ENETDOWN || error == EHOSTUNREACH || error == EADDRNOTAVAIL;
}

}  // namespace dnswarm

#endif  // DNSWARM_BASE_SEND_ERROR_H_
