package kube

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// CertificateEnd is when the certificate that the API server shows runs out;
// zero for one that shows none.
func (c *Client) CertificateEnd(ctx context.Context) (time.Time, error) {
	var end time.Time
	err := c.call(ctx, "looking at the API server's certificate", func(ctx context.Context, cn *conn) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(cn.at.Server, "/")+"/version", http.NoBody)
		if err != nil {
			return err
		}
		answer, err := cn.rt.RoundTrip(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.TLS != nil && len(answer.TLS.PeerCertificates) > 0 {
			end = answer.TLS.PeerCertificates[0].NotAfter
		}
		return nil
	})
	return end, err
}
