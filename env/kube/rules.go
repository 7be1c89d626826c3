package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	authv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Rules are what the user may do in a namespace, one a line as "verbs
// resources"; whole is false where the server cannot tell all of it.
func (c *Client) Rules(ctx context.Context, namespace string) (rules []string, whole bool, err error) {
	err = c.call(ctx, "asking what is allowed in "+namespace, func(ctx context.Context, cn *conn) error {
		review := &authv1.SelfSubjectRulesReview{Spec: authv1.SelfSubjectRulesReviewSpec{Namespace: namespace}}
		got, err := cn.calls.AuthorizationV1().SelfSubjectRulesReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		whole = !got.Status.Incomplete
		for _, r := range got.Status.ResourceRules {
			// Everybody may ask what they may; that says nothing.
			if slices.ContainsFunc(r.APIGroups, func(g string) bool {
				return strings.HasSuffix(g, "authorization.k8s.io") || strings.HasSuffix(g, "authentication.k8s.io")
			}) {
				continue
			}
			rules = append(rules, fmt.Sprintf("%s %s", strings.Join(r.Verbs, ","), strings.Join(r.Resources, ",")))
		}
		return nil
	})
	return rules, whole, err
}
